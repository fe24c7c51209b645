import Testing

@testable import Transfer

@Suite("Allowed addresses (CAM-454)")
struct AddressPolicyTests {
  @Test(
    "Loopback, private, link-local, unspecified, multicast and reserved addresses are not public")
  func v4() {
    for address: [UInt8] in [
      [127, 0, 0, 1], [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 1, 1],
      [169, 254, 169, 254], [0, 0, 0, 0], [100, 64, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255],
      [192, 0, 2, 1], [198, 18, 0, 1], [198, 51, 100, 7], [203, 0, 113, 9],
    ] { #expect(!AddressPolicy.isPublic(address), "\(address)") }
    for address: [UInt8] in [
      [8, 8, 8, 8], [172, 15, 0, 1], [172, 32, 0, 1], [192, 167, 1, 1], [100, 128, 0, 1],
      [198, 20, 0, 1], [223, 255, 255, 254],
    ] { #expect(AddressPolicy.isPublic(address), "\(address)") }
  }

  @Test("An IPv4 address inside an IPv6 one counts as itself")
  func v6() {
    func six(_ head: [UInt8], _ tail: [UInt8]) -> [UInt8] {
      head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    for address in [
      six([], []), six([], [1]), mapped + [127, 0, 0, 1], mapped + [192, 168, 0, 1],
      six([], [8, 8, 8, 8]), six([0xFE, 0x80], [1]), six([0xFC], [1]), six([0xFD, 1], [1]),
      six([0xFF, 2], [1]), six([0x20, 0x01, 0x0D, 0xB8], [1]), six([0x20, 0x01, 0, 0], [1]),
      six([0, 0x64, 0xFF, 0x9B], [10, 0, 0, 1]), six([0x20, 0x02, 127, 0, 0, 1], [1]),
    ] { #expect(!AddressPolicy.isPublic(address), "\(address)") }
    for address in [
      mapped + [8, 8, 8, 8], six([0x2A, 0, 0x14, 0x50], [1]), six([0x26, 6], [1]),
      six([0, 0x64, 0xFF, 0x9B], [8, 8, 8, 8]),
    ] { #expect(AddressPolicy.isPublic(address), "\(address)") }
    #expect(!AddressPolicy.isPublic([]))
  }
}
