#pragma once
// libcurl, loaded when it is first called: a job's process holds the whole service but makes no request, and libcurl with the thirty
// libraries below it would cost it 7 MB and the time to load them. Its setters and getters are variadic, which Swift does not
// import: one typed function per kind of argument.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/// The address of a function, looked up once. Ends the process when libcurl is not installed.
static inline void *avs_curl_function(void **known, const char *name) {
    void *function = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (function) return function;
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    function = library ? dlsym(library, name) : NULL;
    if (!function) {
        fprintf(stderr, "libcurl can not be used: %s\n", dlerror());
        abort();
    }
    __atomic_store_n(known, function, __ATOMIC_RELAXED);
    return function;
}

#define AVS_CURL(name) ({ static void *known; (__typeof__(&name))avs_curl_function(&known, #name); })

static inline CURLcode avs_curl_set_long(CURL *easy, CURLoption option, long value) {
    return AVS_CURL(curl_easy_setopt)(easy, option, value);
}

static inline CURLcode avs_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return AVS_CURL(curl_easy_setopt)(easy, option, value);
}

/// libcurl copies the string.
static inline CURLcode avs_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return AVS_CURL(curl_easy_setopt)(easy, option, value);
}

/// For the `…DATA`, `PRIVATE` and `ERRORBUFFER` options; the memory must outlive the handle.
static inline CURLcode avs_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return AVS_CURL(curl_easy_setopt)(easy, option, value);
}

/// The list must outlive the transfer.
static inline CURLcode avs_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return AVS_CURL(curl_easy_setopt)(easy, option, value);
}

static inline CURLcode avs_curl_set_write_function(CURL *easy, curl_write_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, value);
}

static inline CURLcode avs_curl_set_header_function(CURL *easy, curl_write_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, value);
}

static inline CURLcode avs_curl_set_read_function(CURL *easy, curl_read_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_READFUNCTION, value);
}

static inline CURLcode avs_curl_set_seek_function(CURL *easy, curl_seek_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode avs_curl_set_open_socket_function(CURL *easy, curl_opensocket_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode avs_curl_set_debug_function(CURL *easy, curl_debug_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_DEBUGFUNCTION, value);
}

/// Goes on when some recipients are refused. The option was named with one L more before 8.2.
#if LIBCURL_VERSION_NUM >= 0x080200
static const CURLoption avs_curl_rcpt_allow_fails = CURLOPT_MAIL_RCPT_ALLOWFAILS;
#else
static const CURLoption avs_curl_rcpt_allow_fails = CURLOPT_MAIL_RCPT_ALLLOWFAILS;
#endif

static inline CURLcode avs_curl_set_close_socket_function(CURL *easy, curl_closesocket_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, value);
}

static inline CURLcode avs_curl_set_prerequest_function(CURL *easy, curl_prereq_callback value) {
    return AVS_CURL(curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLcode avs_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return AVS_CURL(curl_easy_getinfo)(easy, info, value);
}

/// The pointer given as `CURLOPT_PRIVATE`.
static inline CURLcode avs_curl_get_private(CURL *easy, void **value) {
    return AVS_CURL(curl_easy_getinfo)(easy, CURLINFO_PRIVATE, (char **)value);
}

static inline CURLMcode avs_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return AVS_CURL(curl_multi_setopt)(multi, option, value);
}

static inline CURLcode avs_curl_global_init(long flags) { return AVS_CURL(curl_global_init)(flags); }
static inline CURL *avs_curl_easy_init(void) { return AVS_CURL(curl_easy_init)(); }
static inline void avs_curl_easy_cleanup(CURL *easy) { AVS_CURL(curl_easy_cleanup)(easy); }
static inline CURLcode avs_curl_easy_perform(CURL *easy) { return AVS_CURL(curl_easy_perform)(easy); }
static inline CURLcode avs_curl_easy_pause(CURL *easy, int mask) { return AVS_CURL(curl_easy_pause)(easy, mask); }
static inline const char *avs_curl_easy_strerror(CURLcode code) { return AVS_CURL(curl_easy_strerror)(code); }
static inline void avs_curl_free(void *memory) { AVS_CURL(curl_free)(memory); }

static inline struct curl_slist *avs_curl_slist_append(struct curl_slist *list, const char *line) {
    return AVS_CURL(curl_slist_append)(list, line);
}

static inline void avs_curl_slist_free_all(struct curl_slist *list) { AVS_CURL(curl_slist_free_all)(list); }

static inline CURLM *avs_curl_multi_init(void) { return AVS_CURL(curl_multi_init)(); }
static inline CURLMcode avs_curl_multi_cleanup(CURLM *multi) { return AVS_CURL(curl_multi_cleanup)(multi); }
static inline CURLMcode avs_curl_multi_wakeup(CURLM *multi) { return AVS_CURL(curl_multi_wakeup)(multi); }
static inline CURLMcode avs_curl_multi_add_handle(CURLM *multi, CURL *easy) { return AVS_CURL(curl_multi_add_handle)(multi, easy); }

static inline CURLMcode avs_curl_multi_remove_handle(CURLM *multi, CURL *easy) {
    return AVS_CURL(curl_multi_remove_handle)(multi, easy);
}

static inline CURLMcode avs_curl_multi_perform(CURLM *multi, int *running) { return AVS_CURL(curl_multi_perform)(multi, running); }

static inline CURLMcode avs_curl_multi_poll(CURLM *multi, struct curl_waitfd *more, unsigned count, int milliseconds, int *ready) {
    return AVS_CURL(curl_multi_poll)(multi, more, count, milliseconds, ready);
}

static inline CURLMcode avs_curl_multi_set_socket_function(CURLM *multi, curl_socket_callback value) {
    return AVS_CURL(curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, value);
}

static inline CURLMcode avs_curl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback value) {
    return AVS_CURL(curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, value);
}

/// For the `…DATA` options; the memory must outlive the handle.
static inline CURLMcode avs_curl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return AVS_CURL(curl_multi_setopt)(multi, option, value);
}

static inline CURLMcode avs_curl_multi_socket_action(CURLM *multi, curl_socket_t descriptor, int events, int *running) {
    return AVS_CURL(curl_multi_socket_action)(multi, descriptor, events, running);
}

static inline CURLMcode avs_curl_multi_socket_all(CURLM *multi, int *running) {
    return AVS_CURL(curl_multi_socket_all)(multi, running);
}

static inline CURLMsg *avs_curl_multi_info_read(CURLM *multi, int *remaining) {
    return AVS_CURL(curl_multi_info_read)(multi, remaining);
}

static inline CURLU *avs_curl_url(void) { return AVS_CURL(curl_url)(); }
static inline void avs_curl_url_cleanup(CURLU *url) { AVS_CURL(curl_url_cleanup)(url); }

static inline CURLUcode avs_curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
    return AVS_CURL(curl_url_set)(url, part, text, flags);
}

static inline CURLUcode avs_curl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
    return AVS_CURL(curl_url_get)(url, part, text, flags);
}

static inline const char *avs_curl_url_strerror(CURLUcode code) { return AVS_CURL(curl_url_strerror)(code); }
