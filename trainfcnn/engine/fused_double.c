/* fused.c in double precision. */
#define DOUBLE
#include "fused.c"
