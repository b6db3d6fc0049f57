/*
 * memcpy and memmove for static musl on x86-64. musl's own use `rep movs` for every size, which
 * halves the speed of lists and streams; SSE2 is part of every x86-64.
 */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

#define LOAD(p) _mm_loadu_si128((const __m128i *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(p), (v))

/* Head and tail overlap instead of looping; both are read before anything is written. */
#define COPY_ENDS(type)                                                                            \
  do {                                                                                             \
    type head, tail;                                                                               \
    __builtin_memcpy(&head, s, sizeof head);                                                       \
    __builtin_memcpy(&tail, s + n - sizeof tail, sizeof tail);                                     \
    __builtin_memcpy(d, &head, sizeof head);                                                       \
    __builtin_memcpy(d + n - sizeof tail, &tail, sizeof tail);                                     \
  } while (0)

static void copy_small(unsigned char *d, const unsigned char *s, size_t n) {
  if (n >= 8) COPY_ENDS(uint64_t);
  else if (n >= 4) COPY_ENDS(uint32_t);
  else if (n >= 2) COPY_ENDS(uint16_t);
  else if (n) *d = *s;
}

static void copy_forward(unsigned char *d, const unsigned char *s, size_t n) {
  if (n >= 4096) {
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
    return;
  }
  __m128i t0 = LOAD(s + n - 64), t1 = LOAD(s + n - 48), t2 = LOAD(s + n - 32), t3 = LOAD(s + n - 16);
  unsigned char *last = d + n - 64;
  do {
    __m128i a = LOAD(s), b = LOAD(s + 16), c = LOAD(s + 32), e = LOAD(s + 48);
    STORE(d, a), STORE(d + 16, b), STORE(d + 32, c), STORE(d + 48, e);
    s += 64, d += 64;
  } while (d < last);
  STORE(last, t0), STORE(last + 16, t1), STORE(last + 32, t2), STORE(last + 48, t3);
}

static void copy_backward(unsigned char *d, const unsigned char *s, size_t n) {
  __m128i h0 = LOAD(s), h1 = LOAD(s + 16), h2 = LOAD(s + 32), h3 = LOAD(s + 48);
  unsigned char *first = d;
  s += n, d += n;
  do {
    s -= 64, d -= 64;
    __m128i a = LOAD(s), b = LOAD(s + 16), c = LOAD(s + 32), e = LOAD(s + 48);
    STORE(d + 48, e), STORE(d + 32, c), STORE(d + 16, b), STORE(d, a);
  } while (d > first + 64);
  STORE(first, h0), STORE(first + 16, h1), STORE(first + 32, h2), STORE(first + 48, h3);
}

void *memmove(void *dst, const void *src, size_t n) {
  unsigned char *d = dst;
  const unsigned char *s = src;
  if (n <= 16) {
    copy_small(d, s, n);
  } else if (n <= 32) {
    __m128i a = LOAD(s), b = LOAD(s + n - 16);
    STORE(d, a), STORE(d + n - 16, b);
  } else if (n <= 64) {
    __m128i a = LOAD(s), b = LOAD(s + 16), c = LOAD(s + n - 32), e = LOAD(s + n - 16);
    STORE(d, a), STORE(d + 16, b), STORE(d + n - 32, c), STORE(d + n - 16, e);
  } else if ((uintptr_t)d - (uintptr_t)s >= n) {
    copy_forward(d, s, n);
  } else {
    copy_backward(d, s, n);
  }
  return dst;
}

void *memcpy(void *restrict d, const void *restrict s, size_t n) __attribute__((alias("memmove")));
