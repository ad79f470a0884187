/* What can happen at a disk, for a program into which this is loaded before the C library.
   It is full while a file named FULL_DISK is there: no file gets longer (ENOSPC), and what a file
   has already can be written over. Who deletes a file with DIES_AT in its name dies before, once the
   file that BESIDE names is not empty. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_full(int file, off_t offset, size_t length)
{
    const char *sign = getenv("FULL_DISK");
    struct stat found;
    int before = errno;
    int is_so = sign && access(sign, F_OK) == 0 && fstat(file, &found) == 0
        && S_ISREG(found.st_mode) && offset + (off_t)length > found.st_size;
    errno = is_so ? ENOSPC : before;
    return is_so;
}

ssize_t write(int file, const void *bytes, size_t length)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    int before = errno;
    off_t offset = lseek(file, 0, SEEK_CUR); /* none in what is no file */
    errno = before;
    return is_full(file, offset, length) ? -1 : real(file, bytes, length);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwrite");
    return is_full(file, offset, length) ? -1 : real(file, bytes, length, offset);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    static ssize_t (*real)(int, const struct iovec *, int, off_t);
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    if (!real)
        real = dlsym(RTLD_NEXT, "pwritev");
    return is_full(file, offset, length) ? -1 : real(file, parts, count, offset);
}

int unlink(const char *path)
{
    static int (*real)(const char *);
    const char *name = getenv("DIES_AT"), *beside = getenv("BESIDE");
    struct stat found;
    if (name && strstr(path, name) && stat(beside, &found) == 0 && found.st_size)
        kill(getpid(), SIGKILL);
    if (!real)
        real = dlsym(RTLD_NEXT, "unlink");
    return real(path);
}
