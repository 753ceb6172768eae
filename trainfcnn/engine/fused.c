/* All steps of a few epochs for every member of a stack, without a call in between.
 *
 * Samples are lanes of vectors, so that every operation is on whole vectors, however small a network
 * is. Parameters, the optimizer's buffers and outputs lie as in stack.py, optimizers.py and batches.py,
 * and change in place. fused.py describes a Job to ctypes, field by field; there is no Python in here.
 * This file is for floats, and with DOUBLE defined, in fused_double.c, for doubles. */

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

#define MOST_LAYERS 32
#define MOST_THREADS 64
#define MOST_TILE 128

enum { RELU, LEAKY_RELU, ELU, TANH, SIGMOID, SOFTPLUS, SILU, GELU, SINE, LINEAR };
enum { SQUARED, BINARY, CROSS_ENTROPY, ABSOLUTE, HUBER };
enum { SGD, ADAM, ADAMW, RMSPROP, ADAGRAD };
enum { LEARN, ANSWER, MEASURE }; /* take steps; or write outputs, or add up losses, of one epoch */

typedef struct Job Job;

/* What is kept of every member's best epoch, as `Best` in monitor.py says. */
typedef struct {
    const Job *sample; /* MEASURE of the sample that is watched; NULL for what the epoch itself met */
    int64_t epoch;     /* the last one before this call */
    int64_t patience;
    double least_gain;
    void *parameters;
    double *loss, *gained_loss;                  /* (K) */
    int64_t *epochs, *gained_epochs, *stopped; /* (K) */
} Watch;

struct Job {
    int64_t n_members, n_layers;
    const int64_t *dims;        /* (K, layers + 1): of each member, from inputs to outputs */
    const int64_t *widest;      /* (layers + 1): of the stack, by which its blocks are laid out */
    const int64_t *activations; /* (layers): of the hidden ones, and what the loss looks through */
    int64_t loss;
    double loss_gradient;
    int64_t n_terms; /* numbers that a sample's loss is the mean of: 1, or the outputs */
    void *parameters;
    int64_t rule, nesterov;
    double momentum, beta1, beta2, alpha, eps, l1;
    void *first, *second;     /* the rule's buffers, or NULL */
    const void *rates, *decay; /* one a parameter, or NULL */
    int64_t steps_before;
    const void *x;         /* (n, inputs) */
    const void *targets;   /* (outputs, n) */
    const void *weights;   /* (n): how much each sample counts, or NULL */
    const void *shares;    /* (outputs): how much the squared error of each counts among the hits */
    const int64_t *orders; /* (n_epochs, n): where each sample of an epoch's order stands in x */
    void *outputs;         /* of all batches of the last epoch, (K, outputs, B) each */
    double *losses, *hits; /* (n_epochs, K): sums over the samples that are met are added; hits are
                            * right answers, or squared errors times their shares, and there all
                            * samples count alike */
    int64_t n, batch_size, n_epochs, first_step, n_steps; /* of each epoch */
    const double *lrs; /* (n_epochs, n_steps) */
    void *chance;          /* of the units that are switched off, or NULL; then, of hidden layers, */
    const int64_t *drops;  /* whether some member drops units, */
    const int64_t *bounds; /* (K, hidden layers): up to which of 2^16 whole numbers a unit is kept, */
    const double *scales;  /* and what it is then multiplied with */
    int64_t n_threads;
    int64_t what; /* LEARN, ANSWER or MEASURE */
    const Watch *watch; /* or NULL */
};

#include "fused_chance.h"

#ifndef DOUBLE
#include "fused_order.h"

int64_t size_of_job(void) { return sizeof(Job); }

/* Whether this processor has what the library was built for. */
int runs_here(void) {
#if defined(__AVX2__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 1;
#endif
}

/* The instructions it was built for, in words. */
const char *built_for(void) {
#if defined(__AVX2__)
    return "AVX2 and FMA";
#elif defined(__ARM_NEON)
    return "NEON";
#else
    return "any processor";
#endif
}
#endif

static void *aligned_numbers(int64_t size) {
    void *memory;
    return posix_memalign(&memory, 64, size ? size : 64) ? NULL : memory;
}

#ifdef DOUBLE
#define TRAIN train_double
#else
#define TRAIN train_float
#endif
#include "fused_math.h"
#include "fused_layers.h"
#include "fused_loss.h"
#include "fused_member.h"
#include "fused_update.h"
#include "fused_batches.h"
#include "fused_step.h"
#include "fused_watch.h"
#include "fused_work.h"
