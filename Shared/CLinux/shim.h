#pragma once
// _GNU_SOURCE must stay undefined: with it, types differ from those of Swift's own Glibc module. What it would declare is
// declared here where it is used.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

/// Names the calling thread; prctl is variadic and not imported.
static inline int avs_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}

extern int pipe2(int ends[2], int flags);
extern int memfd_create(const char *name, unsigned int flags);

/// A pipe whose ends are closed when another program is executed.
static inline int avs_pipe_cloexec(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

/// An anonymous file in memory, closed when another program is executed.
static inline int avs_memory_file(const char *name) {
    return memfd_create(name, 1U /* MFD_CLOEXEC */);
}

/// Asks the kernel to end this process when its parent ends.
static inline int avs_end_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}
