#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#ifdef __linux__
// A connection's thread sleeps on its socket and on an eventfd, which Swift's Glibc module omits.
#include <sys/eventfd.h>
#endif
