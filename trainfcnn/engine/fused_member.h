/* All steps of one member. */

/* Batches side by side, as all members read them: inputs, a row of ones, targets. */
typedef struct {
    REAL *numbers;
    int64_t width;     /* samples of a full batch, rounded up to whole vectors */
    int64_t per_batch; /* numbers of a batch */
} Packed;

/* Scratch of one thread, for the widest member. */
typedef struct {
    REAL *values[MOST_LAYERS + 1], *slope[MOST_LAYERS + 1], *delta, *below, *gradients;
} Room;

static int64_t samples_of(const Job *job, int64_t step) {
    int64_t left = job->n - step * job->batch_size;
    return left < job->batch_size ? left : job->batch_size;
}

/* Lanes beyond the last sample repeat it: what is infinite there is so in a sample as well. */
static void pack(const Job *job, Packed packed) {
    int64_t inputs = job->widest[0], outputs = job->widest[job->n_layers];
    for (int64_t step = job->first_step; step < job->first_step + job->n_steps; step++) {
        REAL *to = packed.numbers + (step - job->first_step) * packed.per_batch;
        int64_t start = step * job->batch_size, samples = samples_of(job, step);
        for (int64_t s = 0; s < packed.width; s++) {
            int64_t place = job->order[start + (s < samples ? s : samples - 1)];
            const REAL *from = (const REAL *)job->x + place * inputs;
            for (int64_t i = 0; i < inputs; i++) to[i * packed.width + s] = from[i];
            to[inputs * packed.width + s] = 1;
        }
        to += (inputs + 1) * packed.width;
        for (int64_t o = 0; o < outputs; o++) {
            const REAL *from = (const REAL *)job->targets + o * job->n + start;
            for (int64_t s = 0; s < packed.width; s++)
                to[o * packed.width + s] = from[s < samples ? s : samples - 1];
        }
    }
}

static Room room_of(const Job *job, REAL *memory, int64_t *size) {
    Room room;
    int64_t widest = 0, parameters = 0, used = 0;
    for (int64_t layer = 1; layer <= job->n_layers; layer++) {
        int64_t units = job->widest[layer];
        room.values[layer] = memory + used;
        room.slope[layer] = room.values[layer] + (units + 1) * MOST_TILE;
        used += (2 * units + 1) * MOST_TILE;
        widest = units > widest ? units : widest;
        parameters += units * (job->widest[layer - 1] + 1);
    }
    room.delta = memory + used;
    room.below = room.delta + widest * MOST_TILE;
    room.gradients = room.below + widest * MOST_TILE;
    *size = used + 2 * widest * MOST_TILE + parameters + LANES;
    return room;
}

/* -log of a probability, summed over the vectors' valid lanes, and how often the answer is right. */
typedef struct {
    V loss, hits;
} Seen;

static inline void see(Seen *seen, V loss, I right, I valid) {
    seen->loss += pick(valid, loss, (V){0});
    seen->hits += pick(right & valid, all(1), (V){0});
}

/* Softmax of all rows of one vector, to `delta`; what is seen of it. */
static inline void cross_entropy(int64_t rows, const REAL *outputs, REAL *delta, int64_t stride,
                                 const REAL *targets, int64_t width, I valid, Seen *seen) {
    V most = *(const V *)outputs, sum = {0}, wanted = {0}, of_most = *(const V *)targets;
    for (int64_t r = 1; r < rows; r++) {
        V next = *(const V *)(outputs + r * stride);
        I more = next > most;
        most = pick(more, next, most);
        of_most = pick(more, *(const V *)(targets + r * width), of_most);
    }
    for (int64_t r = 0; r < rows; r++) {
        V output = *(const V *)(outputs + r * stride), e = exponential(output - most);
        *(V *)(delta + r * stride) = e;
        sum += e;
        wanted = mul_add(output, *(const V *)(targets + r * width), wanted);
    }
    for (int64_t r = 0; r < rows; r++) *(V *)(delta + r * stride) /= sum;
    see(seen, logarithm(sum) + most - wanted, of_most > (V){0}, valid);
}

/* What the loss compares with the targets, less these, times `scale`, to `delta`. */
static Seen compare(int64_t loss, int64_t rows, int64_t samples, const REAL *outputs, REAL *delta,
                    int64_t stride, const REAL *targets, int64_t width, REAL scale) {
    Seen seen = {{0}, {0}};
    I lane;
    for (int i = 0; i < LANES; i++) lane[i] = i;
    for (int64_t v = 0; v * LANES < samples; v++, outputs += LANES, delta += LANES, targets += LANES) {
        I valid = lane < (I){0} + (WHOLE)(samples - v * LANES);
        if (loss == CROSS_ENTROPY)
            cross_entropy(rows, outputs, delta, stride, targets, width, valid, &seen);
        for (int64_t r = 0; r < rows; r++) {
            V output = *(const V *)(outputs + r * stride), target = *(const V *)(targets + r * width);
            V *found = (V *)(delta + r * stride), said = output;
            if (loss == CROSS_ENTROPY) said = *found;
            if (loss == BINARY) {
                V u = decay(output), share = C(1.0) / (u + C(1.0));
                I up = output > (V){0};
                said = pick(up, share, u * share);
                V minus_log = at_least(output, 0) + log_of_1_and(u) - output * target;
                see(&seen, minus_log, (target > (V){0}) == up, valid);
            }
            V error = said - target;
            if (loss == SQUARED) see(&seen, error * error, (I){0}, valid);
            *found = error * scale;
        }
    }
    return seen;
}

/* Samples `start` to `start + samples` of a batch: outputs, and gradients, which they add to. */
static void tile_of(const Job *job, const int64_t *dims, const int64_t *blocks, Room *room,
                    const REAL *batch, int64_t width, int64_t start, int64_t samples, int64_t stride,
                    REAL *outputs, int64_t batch_samples, int64_t k) {
    int64_t layers = job->n_layers, vectors = (samples + LANES - 1) / LANES;
    const REAL *x = batch + start, *targets = x + (dims[0] + 1) * width;
    for (int64_t l = 0; l < layers; l++) {
        const REAL *w = (const REAL *)job->parameters + blocks[l];
        int64_t row = job->widest[l] + 1;
        product(dims[l + 1], dims[l], w, row, 1, w + row - 1, l ? room->values[l] : x,
                l ? stride : width, room->values[l + 1], stride, vectors);
        activate(job->activations[l], dims[l + 1], vectors, room->values[l + 1],
                 room->slope[l + 1], stride);
    }
    int64_t n_outputs = dims[layers];
    for (int64_t o = 0; o < n_outputs; o++)
        memcpy(outputs + o * batch_samples + start, room->values[layers] + o * stride,
               samples * sizeof(REAL));
    if (job->only_forward) return;
    REAL *delta = room->delta, *below = room->below, *gradients = room->gradients;
    Seen seen = compare(job->loss, n_outputs, samples, room->values[layers], delta, stride, targets,
                        width, (REAL)(job->loss_gradient / batch_samples));
    job->losses[k] += total(seen.loss);
    job->hits[k] += total(seen.hits);
    pass_back(job->activations[layers - 1], n_outputs, vectors, delta, room->values[layers],
              room->slope[layers], stride);
    for (int64_t o = 0; o < n_outputs; o++) /* lanes beyond the last sample count for nothing */
        for (int64_t s = samples; s < vectors * LANES; s++) delta[o * stride + s] = 0;
    for (int64_t l = layers - 1; l >= 0; l--) {
        weigh(dims[l + 1], dims[l] + 1, delta, stride, l ? room->values[l] : x, l ? stride : width,
              gradients, vectors, start == 0);
        gradients += dims[l + 1] * (dims[l] + 1);
        if (!l) break;
        const REAL *w = (const REAL *)job->parameters + blocks[l];
        product(dims[l], dims[l + 1], w, 1, job->widest[l] + 1, NULL, delta, stride, below, stride,
                vectors);
        pass_back(job->activations[l - 1], dims[l], vectors, below, room->values[l],
                  room->slope[l], stride);
        REAL *swapped = delta;
        delta = below;
        below = swapped;
    }
}

static void descend(const Job *job, const int64_t *dims, const int64_t *blocks, const Rule *rule,
                    REAL *g, REAL lr) {
    for (int64_t l = job->n_layers - 1; l >= 0; l--) {
        int64_t rows = dims[l + 1], columns = dims[l] + 1, row = job->widest[l] + 1;
        if (columns == row)
            update(rule, job, blocks[l], g, rows * row, lr);
        else
            for (int64_t r = 0; r < rows; r++) { /* padding lies between weights and bias */
                update(rule, job, blocks[l] + r * row, g + r * columns, columns - 1, lr);
                update(rule, job, blocks[l] + (r + 1) * row - 1, g + (r + 1) * columns - 1, 1, lr);
            }
        g += rows * columns;
    }
}

static void member(const Job *job, Packed packed, Room *room, int64_t k) {
    const int64_t *dims = job->dims + k * (job->n_layers + 1);
    int64_t blocks[MOST_LAYERS], place = 0, widest = 0, n_outputs = dims[job->n_layers];
    for (int64_t l = 0; l < job->n_layers; l++) {
        int64_t size = job->widest[l + 1] * (job->widest[l] + 1);
        blocks[l] = place + k * size;
        place += job->n_members * size;
        widest = dims[l + 1] > widest ? dims[l + 1] : widest;
    }
    /* so many samples at a time as stay in the first cache; by the member's own width alone, since
     * sums depend on it, and a member trains in a stack as it does alone */
    int64_t tile = widest > 32 ? MOST_TILE / 2 : MOST_TILE;
    for (int64_t l = 1; l < job->n_layers; l++) /* the row of ones, whose weights are the biases */
        for (int64_t s = 0; s < tile; s++) room->values[l][dims[l] * tile + s] = 1;
    Rule rule = rule_of(job);
    for (int64_t step = 0; step < job->n_steps; step++) {
        int64_t number = job->first_step + step, samples = samples_of(job, number);
        REAL *outputs = (REAL *)job->outputs + number * job->batch_size * job->n_members * n_outputs +
                        k * n_outputs * samples;
        for (int64_t start = 0; start < samples; start += tile)
            tile_of(job, dims, blocks, room, packed.numbers + step * packed.per_batch, packed.width,
                    start, samples - start < tile ? samples - start : tile, tile, outputs, samples, k);
        if (job->only_forward) continue;
        at_step(&rule, job, job->lrs[step], job->steps_before + step + 1);
        descend(job, dims, blocks, &rule, room->gradients, (REAL)job->lrs[step]);
    }
}

typedef struct {
    const Job *job;
    Packed packed;
    int64_t next; /* the member that nobody trains yet */
    int failed;
} Work;

static void *work_on(void *shared) {
    Work *work = shared;
    int64_t size;
    Room room = room_of(work->job, NULL, &size);
    REAL *memory = aligned_numbers(size * sizeof(REAL));
    if (!memory) {
        __atomic_store_n(&work->failed, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    room = room_of(work->job, memory, &size);
    for (;;) {
        int64_t k = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
        if (k >= work->job->n_members) break;
        member(work->job, work->packed, &room, k);
    }
    free(memory);
    return NULL;
}

/* Take the steps of a job; 0, or 1 where there is no memory. */
int TRAIN(const Job *job) {
    Packed packed = {.width = (job->batch_size < job->n ? job->batch_size : job->n)};
    packed.width = (packed.width + LANES - 1) / LANES * LANES;
    packed.per_batch = (job->widest[0] + 1 + job->widest[job->n_layers]) * packed.width;
    packed.numbers = aligned_numbers(job->n_steps * packed.per_batch * sizeof(REAL));
    if (!packed.numbers) return 1;
    pack(job, packed);
    Work work = {.job = job, .packed = packed};
    pthread_t helpers[MOST_THREADS];
    int n_helpers = 0, wanted = (int)job->n_threads - 1;
    if (wanted > MOST_THREADS) wanted = MOST_THREADS;
    while (n_helpers < wanted && !pthread_create(helpers + n_helpers, NULL, work_on, &work)) n_helpers++;
    work_on(&work); /* and what no helper could be found for */
    while (n_helpers) pthread_join(helpers[--n_helpers], NULL);
    free(packed.numbers);
    return work.failed && work.next < job->n_members;
}
