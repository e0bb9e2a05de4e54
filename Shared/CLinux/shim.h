#pragma once
// _GNU_SOURCE must stay undefined: with it, types differ from those of Swift's own Glibc module. What it would declare is
// declared here where it is used.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
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

/// Two joined sockets that are closed when another program is executed; a send to the first gives up after some seconds.
static inline int avs_socket_pair(int ends[2], int seconds) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return -1;
    struct timeval limit = {.tv_sec = seconds};
    return setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/// An anonymous file in memory, closed when another program is executed.
static inline int avs_memory_file(const char *name) {
    return memfd_create(name, 1U /* MFD_CLOEXEC */);
}

/// Asks the kernel to end this process when its parent ends.
static inline int avs_end_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

/// Accepts a connection that never blocks and is closed when another program is executed.
static inline int avs_accept(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// A socket that never blocks and is closed when another program is executed.
static inline int avs_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/// Sets an option of the socket level or another level to a whole number.
static inline int avs_set_socket_option(int descriptor, int level, int option, int value) {
    return setsockopt(descriptor, level, option, &value, sizeof value);
}

/// Adds, changes or removes a descriptor; what epoll_wait reports names the descriptor.
static inline int avs_epoll_control(int epoll, int operation, int descriptor, uint32_t events) {
    struct epoll_event event = {.events = events, .data = {.fd = descriptor}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

/// Sends without raising SIGPIPE; `more` tells the kernel that further bytes follow at once.
static inline ssize_t avs_send(int descriptor, const void *bytes, size_t count, int more) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
}

/// Bytes that a socket has taken and its other end has not: those not acknowledged of TCP, those not read of others; -1 on errors.
static inline int avs_unsent(int descriptor) {
    int count = 0;
    return ioctl(descriptor, TIOCOUTQ, &count) == 0 ? count : -1;
}

/// Lets a descriptor never block.
static inline int avs_set_nonblocking(int descriptor) {
    return fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

/// Opens for reading, closed when another program is executed; open is variadic and not imported.
static inline int avs_open_for_reading(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/// Lowers a resource limit of this process, never raising it.
static inline int avs_limit(int resource, unsigned long soft, unsigned long hard) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return -1;
    if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > hard) limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

extern int pidfd_open(pid_t process, unsigned int flags);

/// A descriptor that becomes readable when the process has ended, closed when another program is executed.
static inline int avs_process_descriptor(pid_t process) {
    return pidfd_open(process, 0);
}

extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

/// POSIX_SPAWN_SETSID.
static const int avs_spawn_new_session = 0x80;

/// Lets the new process close every descriptor from the first on.
static inline int avs_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

/// Lets the new process begin in another folder.
static inline int avs_spawn_change_folder(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

/// The calling thread's own pointer to the event loop that it runs, for Primitives alone: every module that includes this has another.
static inline void **avs_thread_host_loop(void) {
    static __thread void *loop;
    return &loop;
}
