/* Batches side by side, as members read them: inputs, a row of ones, targets, weights if there are. */

#define PORTION 32768 /* numbers that are brought together at once; they stay in the second cache */

typedef struct {
    REAL *numbers;
    Pace *paces;       /* one a batch */
    uint64_t *words;   /* sixteen bits a unit and sample, of the layers that drop units */
    Chance chance;     /* where these are drawn from */
    int64_t width;     /* samples of a full batch, rounded up to whole vectors */
    int64_t per_batch; /* numbers of a batch, */
    int64_t of_words;  /* and words */
    int64_t most;      /* batches that there is room for */
    int64_t first, n;  /* those that are here, by their number in the epoch */
} Batches;

static int64_t samples_of(const Job *job, int64_t number) {
    int64_t left = job->n - number * job->batch_size;
    return left < job->batch_size ? left : job->batch_size;
}

/* Words that are drawn for a hidden layer. */
static int64_t words_of(const Job *job, int64_t l, int64_t samples) {
    return job->drops[l - 1] ? (job->widest[l] * samples + 3) / 4 : 0;
}

/* Room for batches, in one piece of memory that begins at `numbers`; NULL, if there is none. */
static Batches batches_of(const Job *job) {
    Batches batches = {.width = samples_of(job, 0)};
    batches.width = (batches.width + LANES - 1) / LANES * LANES;
    int64_t rows = job->widest[0] + 1 + job->widest[job->n_layers] + (job->weights != NULL);
    batches.per_batch = rows * batches.width;
    for (int64_t l = 1; job->chance && l < job->n_layers; l++)
        batches.of_words += words_of(job, l, samples_of(job, 0));
    batches.most = PORTION / (batches.per_batch + batches.of_words);
    if (batches.most > job->n_steps) batches.most = job->n_steps;
    if (batches.most < 1) batches.most = 1;
    int64_t numbers = batches.per_batch * sizeof *batches.numbers;
    int64_t words = batches.of_words * sizeof *batches.words;
    batches.numbers = aligned_numbers(batches.most * (numbers + words + sizeof *batches.paces));
    if (!batches.numbers) return batches;
    batches.words = (uint64_t *)((char *)batches.numbers + batches.most * numbers);
    batches.paces = (Pace *)(batches.words + batches.most * batches.of_words);
    return batches;
}

/* One row: of every sample a number. Lanes beyond the last sample repeat it: what is infinite there is
 * so in a sample as well. */
static inline void gather(const REAL *from, int64_t apart, const int64_t *places, int64_t samples,
                          REAL *to, int64_t width) {
    for (int64_t s = 0; s < samples; s++) to[s] = from[places[s] * apart];
    for (int64_t s = samples; s < width; s++) to[s] = to[samples - 1];
}

static void bring(const Job *job, const Batches *batches, int64_t number, const int64_t *places,
                  REAL *to) {
    int64_t inputs = job->widest[0], outputs = job->widest[job->n_layers], width = batches->width;
    int64_t samples = samples_of(job, number);
    for (int64_t i = 0; i < inputs; i++, to += width)
        gather((const REAL *)job->x + i, inputs, places, samples, to, width);
    for (int64_t s = 0; s < width; s++) to[s] = 1;
    to += width;
    for (int64_t o = 0; o < outputs; o++, to += width)
        gather((const REAL *)job->targets + o * job->n, 1, places, samples, to, width);
    if (job->weights) gather(job->weights, 1, places, samples, to, width);
}

/* Bring the batches of an epoch here, from its `done`th of this call on: as many as there is room for. */
static void pack(const Job *job, Batches *batches, const Rule *rule, int64_t epoch, int64_t done) {
    int64_t left = job->n_steps - done, before = epoch * job->n_steps + done;
    batches->first = job->first_step + done;
    batches->n = left < batches->most ? left : batches->most;
    for (int64_t i = 0; i < batches->n; i++) {
        int64_t number = batches->first + i;
        bring(job, batches, number, job->orders + epoch * job->n + number * job->batch_size,
              batches->numbers + i * batches->per_batch);
        uint64_t *words = batches->words + i * batches->of_words;
        for (int64_t l = 1; job->chance && l < job->n_layers; l++) {
            int64_t n = words_of(job, l, samples_of(job, number));
            draw_words(&batches->chance, n, words);
            words += n;
        }
        batches->paces[i] = pace_of(rule, job, job->lrs[before + i], job->steps_before + before + i + 1);
    }
}
