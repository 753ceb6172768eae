// Points that a user sets by clicks; the network learns from them once there are enough.

const MOST = 1000;
const FEWEST = 4; // of two classes

const round = (value) => Math.round(1000 * value) / 1000;

export class HandPoints {
  // use(points): they are enough; wait(points): they are not yet.
  constructor(use, wait) {
    this.use = use;
    this.wait = wait;
    this.points = null; // while they are too few
  }

  // All points there are: a click goes on from those of any data set with classes.
  of({settings, data, fresh: {arrays}}) {
    if (this.points) return this.points;
    if (settings.dataset === "points") return settings.points;
    if (data.kind === "regression" || data.axes.length !== 2) return [];
    const {x, y} = arrays;
    return Array.from(y.values, (label, index) =>
      [round(x.values[2 * index]), round(x.values[2 * index + 1]), label]);
  }

  add(run, x1, x2, label) {
    this.take([...this.of(run), [round(x1), round(x2), label]]);
  }

  removeNearest(run, x1, x2) {
    const points = this.of(run);
    const distances = points.map((point) => (point[0] - x1) ** 2 + (point[1] - x2) ** 2);
    const nearest = distances.indexOf(Math.min(...distances));
    this.take(points.filter((_, index) => index !== nearest));
  }

  take(points) {
    const kept = points.slice(-MOST);
    const isEnough = kept.length >= FEWEST && new Set(kept.map((point) => point[2])).size > 1;
    this.points = isEnough ? null : kept;
    (isEnough ? this.use : this.wait)(kept);
  }
}
