/* Shows the values of a chart at the pointer or, by the arrow keys, at its points: they stand in the chart's table. */

for (const figure of document.querySelectorAll('figure[data-xs]')) {
  const xs = figure.dataset.xs.split(' ').map(Number);
  if (xs.length > 0) readable(figure, xs);
}

function readable(figure, xs) {
  const svg = figure.querySelector('svg[role=img]');
  const tip = element('output', 'tip');
  figure.append(tip);
  let shown = 0;
  const show = (index) => {
    shown = Math.min(xs.length - 1, Math.max(0, index));
    figure.classList.add('reading');
    const cursor = svg.querySelector('.cursor');
    for (const end of ['x1', 'x2']) cursor.setAttribute(end, xs[shown]);
    tip.replaceChildren(...lines(figure, shown));
    place(tip, svg, figure, xs[shown]);
  };
  const hide = () => figure.classList.remove('reading');
  svg.addEventListener('pointermove', (event) => show(nearest(xs, positionIn(svg, event.clientX))));
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('blur', hide);
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(figure.classList.contains('reading') ? shown + step : shown);
  });
}

/** The heading of a row of the table, and a line for each series. */
function lines(figure, index) {
  const heads = [...figure.querySelectorAll('thead th')];
  const cells = [...figure.querySelectorAll('tbody tr')[index].children];
  const title = element('b', '', cells[0].textContent);
  return [title, ...heads.slice(1).map((head, series) => line(head, cells[series + 1].textContent))];
}

function line(head, value) {
  const made = element('span', head.className);
  made.append(
    element('i', 'dot'),
    element('span', 'name', head.textContent),
    element('span', 'value', value),
  );
  return made;
}

/** Right of the cursor, or left of it where there is no room. */
function place(tip, svg, figure, x) {
  const box = svg.getBoundingClientRect();
  const outer = figure.getBoundingClientRect();
  const cursor = box.left - outer.left + (x * box.width) / svg.viewBox.baseVal.width;
  const left = cursor > outer.width / 2 ? cursor - tip.offsetWidth - 12 : cursor + 12;
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${box.top - outer.top + 24}px`;
}

function positionIn(svg, clientX) {
  const box = svg.getBoundingClientRect();
  return ((clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
}

function nearest(xs, x) {
  return xs.reduce((best, each, index) => (Math.abs(each - x) < Math.abs(xs[best] - x) ? index : best), 0);
}

function element(name, classes, text = '') {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = text;
  return made;
}
