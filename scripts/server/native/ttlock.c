/*
 * One server per data directory, enforced by the kernel for the server's whole life.
 * The lock named by TT_LOCK is taken before main(): redis unlinks and rebinds its socket without
 * asking, so a second server would otherwise steal it and append to the same AOF.
 * flock() survives fork (AOF rewrite children) and dies with its last holder.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_IS_TAKEN 75 /* EX_TEMPFAIL: the caller retries */

__attribute__((constructor)) static void take_lock(void) {
  const char *path = getenv("TT_LOCK");
  if (!path || !*path) return;
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) _exit(LOCK_IS_TAKEN);
  char pid[24];
  int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
  if (ftruncate(fd, 0) || write(fd, pid, length) != length) _exit(LOCK_IS_TAKEN);
}
