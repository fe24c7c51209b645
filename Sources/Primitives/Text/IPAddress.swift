#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An address of the Internet Protocol. One of IPv4 is the same as its form in IPv6 (`::ffff:192.0.2.1`).
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

  /// The sixteen bytes, in IPv4 those of the mapped form.
  package let bytes: [UInt8]

  /// The address that a text names, in either form; a zone (`%eth0`) is passed over.
  package init?(_ text: some StringProtocol) {
    let text = String(text.prefix { $0 != "%" })
    guard text.utf8.count <= 45 else { return nil }
    var short = in_addr()
    var long = in6_addr()
    if inet_pton(AF_INET, text, &short) == 1 {
      bytes = Self.mapped + withUnsafeBytes(of: short) { Array($0) }
    } else if inet_pton(AF_INET6, text, &long) == 1 {
      bytes = withUnsafeBytes(of: long) { Array($0) }
    } else {
      return nil
    }
  }

  package var isVersion4: Bool { bytes.starts(with: Self.mapped) }

  /// The address as it is usually written.
  package var description: String {
    let own = isVersion4 ? Array(bytes.suffix(4)) : bytes
    var text = [CChar](repeating: 0, count: 64)
    _ = inet_ntop(isVersion4 ? AF_INET : AF_INET6, own, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// What one subscriber has: the address itself, in IPv6 its first 64 bits.
  package var subscriber: String {
    isVersion4
      ? description : bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
  }
}

/// A network of addresses: `192.0.2.0/24`, `2001:db8::/32`, or a single address.
package struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
  private let address: IPAddress
  private let bits: Int

  /// The network that a text names.
  package init?(_ text: some StringProtocol) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count <= 2, let address = IPAddress(halves[0]), !halves[0].contains("%")
    else { return nil }
    // A mapped address in its long form is counted by its own 128 bits.
    let isShort = address.isVersion4 && !halves[0].contains(":")
    let width = isShort ? 32 : 128
    var bits = width
    if halves.count == 2 {
      guard let given = Int(halves[1]), (0...width).contains(given) else { return nil }
      bits = given
    }
    self.address = address
    self.bits = bits + (isShort ? 96 : 0)
  }

  /// The network as text.
  package var description: String {
    address.isVersion4 && bits >= 96 ? "\(address)/\(bits - 96)" : "\(address)/\(bits)"
  }

  /// Whether an address belongs to it.
  package func contains(_ other: IPAddress) -> Bool {
    let whole = bits / 8
    guard address.bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
    let rest = bits % 8
    guard rest > 0 else { return true }
    let mask = UInt8.max << UInt8(8 - rest)
    return address.bytes[whole] & mask == other.bytes[whole] & mask
  }

  /// The networks of a text with commas; nil if one of them is none.
  package static func list(_ text: String) -> [IPNetwork]? {
    var networks: [IPNetwork] = []
    for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard let network = IPNetwork(part) else { return nil }
      networks.append(network)
    }
    return networks
  }
}
