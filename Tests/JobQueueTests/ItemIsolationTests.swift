import JobQueue
import Testing

@Suite("One item never holds up others")
struct ItemIsolationTests {
  private struct Odd: Error {}

  @Test(
    "of a thousand items that are read, those that fail fail alone",
    arguments: [[], [1], [0, 499, 999]])
  func reads(odd: [Int]) async throws {
    var calls = 0
    let done = try await ItemIsolation.read(Array(0..<1000)) { part in
      calls += 1
      if part.contains(where: odd.contains) { throw Odd() }
      return part
    }
    #expect(done.results.flatMap(\.self) == (0..<1000).filter { !odd.contains($0) })
    #expect(done.failures.map(\.item) == odd)
    #expect(calls <= 1 + odd.count * 20)
  }

  @Test("what is not the items' fault is thrown at once")
  func elsewhere() async {
    var calls = 0
    await #expect(throws: CancellationError.self) {
      try await ItemIsolation.read(Array(0..<1000)) { _ in
        calls += 1
        throw CancellationError()
      }
    }
    #expect(calls == 1)
  }
}
