// Loaded into every process of a run by history-cost.js: workers keep their histograms and no history, but for the
// first call, so that the run is not empty.
const { Recorder } = await import(`${process.env['MODULES']}runner/recorder.js`);
const { encode, newHistogram, record } = await import(`${process.env['MODULES']}runner/latency.js`);

/** @typedef {import('#els/runner/recorder.js').Recorder} Recording */

const { add } = Recorder.prototype;
const kept = new WeakMap();

/** @param {Recording} recorder */
function histogramsOf(recorder) {
  const empty = () => ({ latency: newHistogram(), serviceTime: newHistogram(), scheduleLag: newHistogram() });
  const known = kept.get(recorder) ?? empty();
  kept.set(recorder, known);
  return known;
}

/** @type {Recording['add']} */
Recorder.prototype.add = function (call, endMicros, end) {
  if (!kept.has(this)) add.call(this, call, endMicros, end);
  const { latency, serviceTime, scheduleLag } = histogramsOf(this);
  record(latency, endMicros - call.intendedMicros);
  record(serviceTime, endMicros - call.startMicros);
  record(scheduleLag, call.startMicros - call.intendedMicros);
};

/** @type {Recording['histograms']} */
Recorder.prototype.histograms = function () {
  const { latency, serviceTime, scheduleLag } = histogramsOf(this);
  return {
    latency: encode(latency),
    serviceTime: encode(serviceTime),
    scheduleLag: encode(scheduleLag),
  };
};
