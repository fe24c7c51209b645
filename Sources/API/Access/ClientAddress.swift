import HTTPTypes
import Primitives

/// The address of the client behind reverse proxies (tracking.md 16).
enum ClientAddress {
  /// More hops than this are not looked at.
  private static let maximumHops = 32

  /// The address that the nearest proxies tell, as far as they are trusted: the last one of the list that is not one of
  /// them. What a client says of itself never counts.
  ///
  /// - Parameters:
  ///   - peer: The address that the connection comes from.
  ///   - headers: The request's headers.
  ///   - proxies: The trusted proxies.
  static func resolve(peer: String, headers: HTTPFields, proxies: [IPNetwork]) -> String {
    guard let address = IPAddress(peer) else { return peer }
    guard isTrusted(address, proxies) else { return address.description }
    var client = address
    for hop in hops(headers).suffix(maximumHops).reversed() {
      guard let next = hop else { break }
      client = next
      if !isTrusted(next, proxies) { break }
    }
    return client.description
  }

  static func isTrusted(_ address: IPAddress, _ proxies: [IPNetwork]) -> Bool {
    proxies.contains { $0.contains(address) }
  }

  /// The addresses of the list, the client's first; nil for what is none, such as `unknown`.
  private static func hops(_ headers: HTTPFields) -> [IPAddress?] {
    let plain = headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
    if !plain.isEmpty { return plain.map(address) }
    return headers[values: .forwarded].flatMap { $0.split(separator: ",") }.map { element in
      element.split(separator: ";").lazy.compactMap { pair -> IPAddress?? in
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, String(parts[0]).trimmingBlanks.lowercased() == "for" else {
          return nil
        }
        return .some(address(parts[1]))
      }.first ?? nil
    }
  }

  /// An address, also in quotes, in brackets, or with a port.
  private static func address(_ text: Substring) -> IPAddress? {
    var text = String(text).trimmingBlanks.filter { $0 != "\"" }[...]
    if text.first == "[" {
      text = text.dropFirst().prefix { $0 != "]" }
    } else if text.count(where: { $0 == ":" }) == 1 {
      text = text.prefix { $0 != ":" }
    }
    return IPAddress(text)
  }
}
