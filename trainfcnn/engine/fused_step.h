/* A step of one member. */

/* Scratch of one thread, for the widest member. */
typedef struct {
    REAL *values[MOST_LAYERS + 1], *slope[MOST_LAYERS + 1], *delta, *below, *gradients;
    REAL *mask[MOST_LAYERS + 1], *kept[MOST_LAYERS + 1]; /* of layers that drop units */
    REAL *passed[MOST_LAYERS + 1];                       /* what goes on to the layer above */
} Room;

static int drops(const Job *job, int64_t l) {
    return job->chance && l < job->n_layers && job->drops[l - 1];
}

/* Lay scratch out in memory, and return how many numbers it takes. */
static int64_t lay_out(const Job *job, REAL *memory, Room *room) {
    int64_t widest = 0, used = 0;
    for (int64_t l = 1; l <= job->n_layers; l++) {
        int64_t units = job->widest[l];
        room->values[l] = memory + used;
        room->slope[l] = room->values[l] + (units + 1) * MOST_TILE;
        used += (2 * units + 1) * MOST_TILE;
        if (drops(job, l)) {
            room->mask[l] = memory + used;
            room->kept[l] = room->mask[l] + units * MOST_TILE;
            used += (2 * units + 1) * MOST_TILE;
        }
        widest = units > widest ? units : widest;
    }
    room->delta = memory + used;
    room->below = room->delta + widest * MOST_TILE;
    room->gradients = room->below + widest * MOST_TILE;
    return used + 2 * widest * MOST_TILE + whole_vectors(parameters_of(job, job->widest));
}

/* Say what goes on from layer to layer; with a row of ones, whose weights are the biases. */
static void prepare(const Job *job, const Member *member, Room *room) {
    for (int64_t l = 1; l < job->n_layers; l++) {
        room->passed[l] = drops(job, l) ? room->kept[l] : room->values[l];
        for (int64_t s = 0; s < member->tile; s++)
            room->passed[l][member->dims[l] * member->tile + s] = 1;
    }
}

/* Switch units of a hidden layer off, for samples `start` to `start + some` of a batch; `bits` are of
 * all of them, (units, samples). Lanes beyond the last sample are as that is. */
static void drop(const Job *job, const Member *member, const Room *room, int64_t l,
                 const int16_t *bits, int64_t samples, int64_t start, int64_t some) {
    int64_t tile = member->tile, place = member->k * (job->n_layers - 1) + l - 1;
    int16_t bound = (int16_t)job->bounds[place];
    REAL scale = (REAL)job->scales[place];
    for (int64_t u = 0; u < member->dims[l]; u++) {
        const int16_t *own = bits + u * samples + start;
        REAL *mask = room->mask[l] + u * tile, *to = room->passed[l] + u * tile;
        const REAL *from = room->values[l] + u * tile;
        for (int64_t s = 0; s < some; s++) mask[s] = own[s] <= bound ? scale : 0;
        for (int64_t s = some; s < whole_vectors(some); s++) mask[s] = mask[some - 1];
        for (int64_t s = 0; s < whole_vectors(some); s++) to[s] = from[s] * mask[s];
    }
}

/* Samples `start` to `start + some` of a batch, up to the outputs. */
static void forward(const Job *job, const Member *member, const Room *room, const REAL *x,
                    int64_t width, const uint64_t *words, int64_t samples, int64_t start,
                    int64_t some) {
    const REAL *w = member->parameters, *below = x;
    int64_t vectors = (some + LANES - 1) / LANES;
    for (int64_t l = 0; l < job->n_layers; l++) {
        int64_t inputs = member->dims[l], units = member->dims[l + 1];
        product(units, inputs, w, inputs + 1, 1, w + inputs, below, l ? member->tile : width,
                room->values[l + 1], member->tile, vectors,
                job->activations[l] == RELU ? RECTIFY : NOTHING, NULL);
        activate(job->activations[l], units, vectors, room->values[l + 1], room->slope[l + 1],
                 member->tile);
        if (drops(job, l + 1)) {
            drop(job, member, room, l + 1, (const int16_t *)words, samples, start, some);
            words += words_of(job, l + 1, samples);
        }
        w += units * (inputs + 1);
        below = room->passed[l + 1];
    }
}

/* From the derivative at the outputs, in `delta`, down to gradients, which are added to if not the
 * first of their batch. */
static void backward(const Job *job, const Member *member, const Room *room, const REAL *x,
                     int64_t width, int64_t vectors, int first) {
    REAL *delta = room->delta, *below = room->below;
    int64_t tile = member->tile, place = member->n;
    for (int64_t l = job->n_layers - 1; l >= 0; l--) {
        int64_t inputs = member->dims[l], units = member->dims[l + 1], code = l ? job->activations[l - 1] : 0;
        place -= units * (inputs + 1);
        weigh(units, inputs + 1, delta, tile, l ? room->passed[l] : x, l ? tile : width,
              room->gradients + place, vectors, first);
        if (!l) break;
        product(inputs, units, member->parameters + place, 1, inputs + 1, NULL, delta, tile, below,
                tile, vectors, code == RELU ? GATE : NOTHING, room->values[l]);
        for (int64_t i = 0; drops(job, l) && i < inputs; i++)
            for (int64_t s = 0; s < vectors * LANES; s++)
                below[i * tile + s] *= room->mask[l][i * tile + s];
        if (code != RELU)
            pass_back(code, inputs, vectors, below, room->values[l], room->slope[l], tile);
        REAL *swapped = delta;
        delta = below;
        below = swapped;
    }
}

/* A batch: its outputs, where they are wanted, what they come to, and a step. */
static void step(const Job *job, const Batches *batches, const Rule *rule, const Room *room,
                 const Member *member, int64_t i, REAL *outputs, double *loss, double *hits) {
    int64_t samples = samples_of(job, batches->first + i), n_outputs = member->dims[job->n_layers];
    int64_t tile = member->tile, last = job->activations[job->n_layers - 1];
    const REAL *x = batches->numbers + i * batches->per_batch;
    const uint64_t *words = batches->words + i * batches->of_words;
    const REAL *ones = x + member->dims[0] * batches->width, *targets = ones + batches->width;
    const REAL *weights = job->weights ? targets + n_outputs * batches->width : ones;
    const REAL *found = room->values[job->n_layers];
    for (int64_t start = 0; start < samples;
         start += tile, x += tile, targets += tile, weights += tile) {
        int64_t some = samples - start < tile ? samples - start : tile;
        int64_t vectors = (some + LANES - 1) / LANES;
        forward(job, member, room, x, batches->width, words, samples, start, some);
        for (int64_t o = 0; outputs && o < n_outputs; o++)
            memcpy(outputs + o * samples + start, found + o * tile, some * sizeof(REAL));
        if (job->what == ANSWER) continue;
        Seen seen = compare(job->loss, n_outputs, some, found, room->delta, tile, targets,
                            batches->width, weights, job->shares,
                            (REAL)(job->loss_gradient / (samples * job->n_terms)));
        *loss += total(seen.loss);
        *hits += total(seen.hits);
        if (job->what == MEASURE) continue;
        pass_back(last, n_outputs, vectors, room->delta, found, room->slope[job->n_layers], tile);
        for (int64_t o = 0; o < n_outputs; o++) /* lanes beyond the last sample count for nothing */
            for (int64_t s = some; s < vectors * LANES; s++) room->delta[o * tile + s] = 0;
        backward(job, member, room, x, batches->width, vectors, start == 0);
    }
    if (job->what == LEARN) update(rule, batches->paces + i, member, room->gradients);
}
