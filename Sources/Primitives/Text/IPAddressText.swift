#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Addresses of the Internet Protocol as text.
package enum IPAddressText {
  /// Whether a text is an address of IPv4 or IPv6.
  package static func isValid(_ text: String) -> Bool {
    guard text.utf8.count <= 45 else { return false }
    var storage = in6_addr()
    return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
  }
}
