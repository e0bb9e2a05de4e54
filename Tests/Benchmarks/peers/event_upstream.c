// A model that answers every POST with a stream of events, so many milliseconds apart: `event_upstream <port> <events> <milliseconds>`.
// One thread; a stream is behind by no more than one event when the machine is, and never ahead.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 8192, REQUEST = 16384 };

struct stream {
    int descriptor;         // -1 for a free place
    int sent;               // events; -1 while the request is awaited
    long long next;         // when the next one is due, in microseconds
    size_t held;
    char request[REQUEST];
};

static struct stream streams[CONNECTIONS];
static int poller, events, highest;
static long long interval;

static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
static const char word[] =
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench\","
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
static const char end[] =
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench\","
    "\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench\","
    "\"choices\":[],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":50,\"total_tokens\":260}}\n\ndata: [DONE]\n\n";

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void finish(struct stream *stream) {
    close(stream->descriptor);
    stream->descriptor = -1;
}

/// Sends the next event, with the head before the first and the end after the last.
static void advance(struct stream *stream, long long time) {
    char text[2048];
    int length = stream->sent == 0 ? sprintf(text, "%s", head) : 0;
    length += sprintf(text + length, "%zx\r\n%s\r\n", sizeof word - 1, word);
    if (++stream->sent == events) length += sprintf(text + length, "%zx\r\n%s\r\n0\r\n\r\n", sizeof end - 1, end);
    if (send(stream->descriptor, text, length, MSG_NOSIGNAL) != length) return finish(stream);
    if (stream->sent == events) stream->sent = -1;
    stream->next += interval;
    if (stream->next < time) stream->next = time;
}

static void receive(struct stream *stream) {
    ssize_t count = recv(stream->descriptor, stream->request + stream->held, REQUEST - 1 - stream->held, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return finish(stream);
    stream->held += count;
    stream->request[stream->held] = 0;
    char *body = strstr(stream->request, "\r\n\r\n"), *length = strcasestr(stream->request, "content-length:");
    if (!body) return;
    body += 4;
    if (length && stream->held < (size_t)(body - stream->request) + strtoul(length + 15, NULL, 10)) return;
    stream->held = 0;
    stream->sent = 0;
    stream->next = now();
    advance(stream, stream->next);
}

static void accept_all(int listener) {
    for (int descriptor; (descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        struct stream *stream = descriptor < CONNECTIONS ? &streams[descriptor] : NULL;
        if (!stream) { close(descriptor); continue; }
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        stream->descriptor = descriptor;
        stream->sent = -1;
        stream->held = 0;
        if (descriptor >= highest) highest = descriptor + 1;
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &(struct epoll_event){.events = EPOLLIN, .data.fd = descriptor});
    }
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    events = atoi(arguments[2]);
    interval = atoi(arguments[3]) * 1000LL;
    for (int i = 0; i < CONNECTIONS; i++) streams[i].descriptor = -1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return 1;
    poller = epoll_create1(0);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    struct epoll_event ready[256];
    for (;;) {
        long long time = now(), soonest = time + 1000000;
        for (int i = 0; i < highest; i++) {
            struct stream *stream = &streams[i];
            if (stream->descriptor < 0 || stream->sent < 0) continue;
            if (stream->next <= time) advance(stream, time);
            if (stream->descriptor >= 0 && stream->sent >= 0 && stream->next < soonest) soonest = stream->next;
        }
        int found = epoll_wait(poller, ready, 256, soonest <= time ? 0 : (int)((soonest - time + 999) / 1000));
        for (int i = 0; i < found; i++) {
            if (ready[i].data.fd == listener) accept_all(listener);
            else if (streams[ready[i].data.fd].descriptor >= 0) receive(&streams[ready[i].data.fd]);
        }
    }
}
