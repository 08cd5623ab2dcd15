// Loaded into every process of a run by history-cost.js: workers keep their histograms and no history, but for the
// first call, so that the run is not empty.
import { Recorder } from '../../dist/runner/recorder.js';
import { encode, newHistogram, record } from '../../dist/runner/latency.js';

const { add } = Recorder.prototype;
const kept = new WeakMap();

function histogramsOf(recorder) {
  const known = kept.get(recorder) ?? { latency: newHistogram(), serviceTime: newHistogram() };
  kept.set(recorder, known);
  return known;
}

Recorder.prototype.add = function (call) {
  if (!kept.has(this)) add.call(this, call);
  const { latency, serviceTime } = histogramsOf(this);
  record(latency, call.endMicros - call.intendedMicros);
  record(serviceTime, call.endMicros - call.startMicros);
};

Recorder.prototype.histograms = function () {
  const { latency, serviceTime } = histogramsOf(this);
  return { latency: encode(latency), serviceTime: encode(serviceTime) };
};
