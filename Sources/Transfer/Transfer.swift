/// HTTP and SMTP over libcurl.
enum Transfer {}
