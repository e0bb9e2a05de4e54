#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
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

/// A pipe whose ends are closed when another program is executed.
static inline int avs_pipe_cloexec(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

/// An anonymous file in memory, closed when another program is executed.
static inline int avs_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

/// Asks the kernel to end this process when its parent ends.
static inline int avs_end_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}
