import Testing

@testable import API

@Suite("Range: bytes=…")
struct ByteRangeTests {
  @Test(arguments: [
    (nil, ByteRange.whole), ("bytes=0-", .part(0..<10)), ("bytes=0-0", .part(0..<1)),
    ("bytes=3-5", .part(3..<6)), ("bytes=3-99", .part(3..<10)), ("bytes=-4", .part(6..<10)),
    ("bytes=-99", .part(0..<10)), ("Bytes = 9-9", .part(9..<10)), ("bytes=10-", .unsatisfiable),
    ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=-99999999999999999999", .part(0..<10)),
    ("bytes=0-99999999999999999999", .part(0..<10)),
    // Invalid ranges, and those a server need not give, are ignored.
    ("bytes=5-3", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole), ("lines=0-1", .whole),
    ("bytes=0-1,3-4", .whole), ("", .whole), ("bytes", .whole), ("bytes=+1-2", .whole),
  ])
  func reading(_ header: String?, _ expected: ByteRange) {
    #expect(ByteRange(header, size: 10) == expected)
  }

  @Test func anEmptyFileHasNoPart() {
    #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
    #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
  }
}
