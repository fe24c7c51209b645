import Testing

@testable import Redis

struct ReplyBuilderUnitTests {
  @Test func aPlainValueIsFinishedAtOnceAndTakenOnce() {
    var builder = ReplyBuilder()
    verify(builder.take() == nil)
    builder.add(.integer(7))
    verify(builder.take() == .integer(7))
    verify(builder.take() == nil)
  }

  @Test func anArrayIsFinishedWithItsLastElement() {
    var builder = ReplyBuilder()
    builder.beginArray(count: 2)
    builder.add(.status("a"))
    verify(builder.take() == nil)
    builder.add(.null)
    verify(builder.take() == .array([.status("a"), .null]))
  }

  @Test func anEmptyArrayIsFinishedAtOnce() {
    var builder = ReplyBuilder()
    builder.beginArray(count: 0)
    verify(builder.take() == .array([]))
  }

  @Test func nestedArraysCloseTogether() {
    var builder = ReplyBuilder()
    builder.beginArray(count: 2)
    builder.add(.integer(1))
    builder.beginArray(count: 2)
    builder.beginArray(count: 0)
    builder.beginArray(count: 1)
    verify(builder.take() == nil)
    builder.add(.error("ERR no"))
    verify(
      builder.take() == .array([.integer(1), .array([.array([]), .array([.error("ERR no")])])]))
    builder.add(.status("OK"))
    verify(builder.take() == .status("OK"))
  }

  @Test func aHugeAnnouncedCountReservesLittle() {
    var builder = ReplyBuilder()
    builder.beginArray(count: .max)
    builder.add(.null)
    verify(builder.take() == nil)
  }
}

/// Expects a condition whose evaluation changes a value, which `#expect` does not allow.
private func verify(_ condition: Bool, at location: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: location)
}
