/* A member, brought together from the buffers of the stack and of the optimizer. */

/* One member's numbers side by side, layer after layer, without what the stack pads it with. */
typedef struct {
    int64_t k, n;
    const int64_t *dims;
    int64_t tile; /* samples at a time */
    REAL *parameters, *first, *second, *rates, *decay; /* the last two may be NULL */
} Member;

static int64_t whole_vectors(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

static int64_t parameters_of(const Job *job, const int64_t *dims) {
    int64_t n = 0;
    for (int64_t l = 0; l < job->n_layers; l++) n += dims[l + 1] * (dims[l] + 1);
    return n;
}

static void move(REAL *own, REAL *place, int64_t n, int back) {
    memcpy(back ? place : own, back ? own : place, n * sizeof(REAL));
}

/* Copy a member's numbers out of a buffer that lies as in stack.py, or back into it. */
static void carry(const Job *job, const Member *member, const void *buffer, REAL *own, int back) {
    REAL *block = (REAL *)buffer;
    for (int64_t l = 0; l < job->n_layers; l++) {
        int64_t rows = job->widest[l + 1], row = job->widest[l] + 1, inputs = member->dims[l];
        REAL *place = block + member->k * rows * row;
        for (int64_t r = 0; r < member->dims[l + 1]; r++, place += row, own += inputs + 1) {
            move(own, place, inputs, back); /* padding lies between weights and bias */
            move(own + inputs, place + row - 1, 1, back);
        }
        block += job->n_members * rows * row;
    }
}

/* Fetch member k into memory for its five buffers, each of `size` numbers. */
static Member fetch(const Job *job, int64_t k, REAL *memory, int64_t size) {
    Member member = {.k = k, .dims = job->dims + k * (job->n_layers + 1), .parameters = memory};
    member.n = parameters_of(job, member.dims);
    member.first = memory + size;
    member.second = memory + 2 * size;
    if (job->rates) member.rates = memory + 3 * size;
    if (job->decay) member.decay = memory + 4 * size;
    carry(job, &member, job->parameters, member.parameters, 0);
    if (job->first) carry(job, &member, job->first, member.first, 0);
    if (job->second) carry(job, &member, job->second, member.second, 0);
    if (job->rates) carry(job, &member, job->rates, member.rates, 0);
    if (job->decay) carry(job, &member, job->decay, member.decay, 0);
    /* So many samples at a time as stay in the first cache; by the member's own width alone, since
     * sums depend on it, and a member trains in a stack as it does alone. */
    int64_t widest = 0;
    for (int64_t l = 1; l <= job->n_layers; l++)
        widest = member.dims[l] > widest ? member.dims[l] : widest;
    member.tile = widest > 32 ? MOST_TILE / 2 : MOST_TILE;
    return member;
}

static void give_back(const Job *job, const Member *member) {
    carry(job, member, job->parameters, member->parameters, 1);
    if (job->first) carry(job, member, job->first, member->first, 1);
    if (job->second) carry(job, member, job->second, member->second, 1);
}
