/* Trains stacks of many shapes on buffers that are exactly as long as they must be.
 *
 * test_fused.py builds it with sanitizers, which end it at the first access beside a buffer; here it
 * is only looked at that what is trained stays finite. */

#include "fused.c"

#include <stdio.h>

static REAL *numbers(int64_t n, double scale) {
    REAL *found = malloc((n ? n : 1) * sizeof(REAL));
    for (int64_t i = 0; i < n; i++) found[i] = (REAL)(scale * ((i * 7919) % 101 - 50) / 50.0);
    return found;
}

static int trains_badly(int loss, int rule, int activation, int64_t width, int64_t n,
                        int64_t batch_size, int threads) {
    enum { K = 3, LAYERS = 3, EPOCHS = 2 };
    int64_t n_outputs = loss == CROSS_ENTROPY || (width + n) % 2 ? 3 : 1, inputs = 2;
    int64_t dims[K * (LAYERS + 1)], widest[] = {inputs, width + 2, width + 2, n_outputs};
    for (int k = 0; k < K; k++) {
        int64_t own[] = {inputs, width + k, width + 2 - k, n_outputs};
        memcpy(dims + k * (LAYERS + 1), own, sizeof own);
    }
    int is_score = loss == BINARY || loss == CROSS_ENTROPY;
    int64_t codes[] = {activation, activation, is_score ? LINEAR : activation};
    int64_t parameters = 0, steps = (n + batch_size - 1) / batch_size;
    for (int l = 0; l < LAYERS; l++) parameters += K * widest[l + 1] * (widest[l] + 1);
    int64_t *orders = malloc(EPOCHS * n * sizeof *orders);
    for (int64_t i = 0; i < EPOCHS * n; i++) orders[i] = (i * 5 + 3) % n;
    REAL *p = numbers(parameters, 0.5), *first = numbers(parameters, 0), *second = numbers(parameters, 0);
    REAL *rates = numbers(parameters, 0), *decay = numbers(parameters, 0);
    for (int64_t i = 0; i < parameters; i++) rates[i] = 1;
    REAL *x = numbers(n * inputs, 2), *targets = numbers(n * n_outputs, 0);
    REAL *outputs = numbers(n * K * n_outputs, 0), *weights = numbers(n, 0), *shares = numbers(n_outputs, 1);
    for (int64_t i = 0; i < n; i++) weights[i] = (REAL)0.5 + i % 2;
    double losses[EPOCHS * K] = {0}, hits[EPOCHS * K] = {0}, *lrs = malloc(EPOCHS * steps * sizeof *lrs);
    for (int64_t i = 0; i < EPOCHS * steps; i++) lrs[i] = 0.001;
    Chance chance = {.seed = 1, .left = 1, .seeded = 1};
    for (int64_t i = 0; i < WORDS; i++) chance.words[i] = (uint32_t)(i * 2654435761u + 12345);
    int64_t drops[] = {width % 2, 1}, bounds[K * (LAYERS - 1)];
    double scales[K * (LAYERS - 1)];
    for (int i = 0; i < K * (LAYERS - 1); i++) bounds[i] = 100 * i, scales[i] = 2;
    Job job = {.n_members = K, .n_layers = LAYERS, .dims = dims, .widest = widest,
               .activations = codes, .loss = loss, .loss_gradient = 1, .n_terms = n_outputs, .parameters = p, .rule = rule,
               .momentum = 0.9, .beta1 = 0.9, .beta2 = 0.999, .alpha = 0.99, .eps = 1e-8, .l1 = threads % 2 ? 1e-3 : 0,
               .first = first, .second = second, .rates = rates, .decay = decay, .x = x,
               .targets = targets, .weights = threads % 2 ? weights : NULL, .shares = shares, .orders = orders, .outputs = outputs, .losses = losses,
               .hits = hits, .n = n, .batch_size = batch_size, .n_epochs = EPOCHS,
               .n_steps = steps, .lrs = lrs, .chance = threads % 2 ? &chance : NULL, .drops = drops,
               .bounds = bounds, .scales = scales, .n_threads = threads};
    double seen_losses[EPOCHS * K] = {0}, seen_hits[EPOCHS * K] = {0};
    Job sample = job;
    sample.what = MEASURE, sample.n_epochs = 1, sample.chance = NULL, sample.outputs = NULL;
    sample.losses = seen_losses, sample.hits = seen_hits;
    REAL *best = numbers(parameters, 0);
    double lowest[K] = {INFINITY, INFINITY, INFINITY}, gained[K] = {INFINITY, INFINITY, INFINITY};
    int64_t at[K] = {0}, gained_at[K] = {0}, stopped[K] = {0};
    Watch watch = {.sample = n % 2 ? &sample : NULL, .patience = 1, .parameters = best, .loss = lowest,
                   .gained_loss = gained, .epochs = at, .gained_epochs = gained_at, .stopped = stopped};
    if (rule % 2) job.watch = &watch;
    int failed = TRAIN(&job);
    for (int64_t i = 0; i < parameters; i++) failed |= !isfinite(p[i]);
    free(orders), free(p), free(first), free(second), free(rates), free(decay), free(x);
    free(targets), free(outputs), free(weights), free(shares), free(lrs), free(best);
    return failed;
}

int main(void) {
    int64_t widths[] = {1, 3, 31, 40}, sizes[] = {1, 7, 33, 130}, batches[] = {1, 8, 65, 500};
    for (int loss = SQUARED; loss <= HUBER; loss++)
        for (int w = 0; w < 4; w++)
            for (int s = 0; s < 4; s++)
                for (int b = 0; b < 4; b++)
                    if (trains_badly(loss, (w + s + b) % 5, (w * 4 + s + b + loss) % 10, widths[w],
                                     sizes[s], batches[b], 1 + b)) {
                        printf("not finite: %d %d %d %d\n", loss, w, s, b);
                        return 1;
                    }
    puts("all finite");
    return 0;
}
