#include <curl/curl.h>
#include <sys/socket.h>

// Swift cannot call functions with variable arguments: one name for each kind of argument.

static inline CURLcode martlet_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode martlet_curl_set_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*martlet_curl_data)(char *, size_t, size_t, void *);

static inline CURLcode martlet_curl_set_data(
    CURL *handle, CURLoption option, martlet_curl_data value) {
  return curl_easy_setopt(handle, option, value);
}

typedef curl_socket_t (*martlet_curl_open)(void *, curlsocktype, struct curl_sockaddr *);

static inline CURLcode martlet_curl_set_open(CURL *handle, martlet_curl_open value) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

typedef int (*martlet_curl_progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode martlet_curl_set_progress(CURL *handle, martlet_curl_progress value) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

static inline CURLcode martlet_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode martlet_curl_get_text(CURL *handle, CURLINFO info, char **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline const struct sockaddr *martlet_curl_address(struct curl_sockaddr *address) {
  return &address->addr;
}

typedef int (*martlet_curl_debug)(CURL *, curl_infotype, char *, size_t, void *);

static inline CURLcode martlet_curl_set_debug(CURL *handle, martlet_curl_debug value) {
  return curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, value);
}
