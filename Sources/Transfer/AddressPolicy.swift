import CCurl
import Glibc

/// The addresses that users other than the operator may have contacted (CAM-454).
enum AddressPolicy {
  /// Whether an address of 4 or 16 bytes is public: not loopback, link-local, private, unspecified, multicast
  /// or reserved, and no such IPv4 address inside an IPv6 one.
  static func isPublic(_ bytes: [UInt8]) -> Bool {
    switch bytes.count {
    case 4: isPublicV4(bytes[...])
    case 16: isPublicV6(bytes)
    default: false
    }
  }

  private static func isPublicV4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let b = Array(bytes)
    switch (b[0], b[1]) {
    case (0, _), (10, _), (127, _), (224..., _): return false
    case (100, 64...127), (169, 254), (172, 16...31), (192, 168), (198, 18...19): return false
    case (192, 0): return b[2] != 0 && b[2] != 2
    case (198, 51): return b[2] != 100
    case (203, 0): return b[2] != 113
    default: return true
    }
  }

  private static func isPublicV6(_ b: [UInt8]) -> Bool {
    // Mapped and compatible addresses, translation by 64:ff9b::/96, 6to4: the address inside decides.
    if b[0..<10].allSatisfy({ $0 == 0 }) {
      let isMapped = b[10] == 0xFF && b[11] == 0xFF
      return isMapped && isPublicV4(b[12...])
    }
    if b[0] == 0, b[1] == 0x64, b[2] == 0xFF, b[3] == 0x9B { return isPublicV4(b[12...]) }
    if b[0] == 0x20, b[1] == 0x02 { return isPublicV4(b[2..<6]) }
    // 2000::/3 is the allocated range; Teredo and documentation inside it are not public.
    guard b[0] & 0xE0 == 0x20 else { return false }
    if b[0] == 0x20, b[1] == 0x01 {
      return !(b[2] == 0 && b[3] == 0) && !(b[2] == 0x0D && b[3] == 0xB8)
    }
    return true
  }

  /// Returns the bytes of a socket's address; empty for another family.
  static func bytes(of address: UnsafePointer<sockaddr>) -> [UInt8] {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let v4 = raw.loadUnaligned(as: sockaddr_in.self)
      return withUnsafeBytes(of: v4.sin_addr) { Array($0) }
    case AF_INET6:
      let v6 = raw.loadUnaligned(as: sockaddr_in6.self)
      return withUnsafeBytes(of: v6.sin6_addr) { Array($0) }
    default: return []
    }
  }
}
