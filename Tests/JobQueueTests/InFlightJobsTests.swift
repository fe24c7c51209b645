import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// A search for entries that were lost on their way finds no others.
@Suite struct InFlightJobsTests {
  @Test func whatGoesDuringALookIsNotTakenAgain() throws {
    var registry = JobRegistry()
    registry.register(Note.self) { _, _ in }
    let kind = try #require(registry.kinds[Note.name])
    func delivery(_ streamID: String) -> Delivery {
      let entry = QueueEntry(
        id: JobID(), name: Note.name, version: 1, maxAttempts: 1, timeoutMilliseconds: 0,
        isDurable: false, payload: [])
      return Delivery(
        entry: entry, queue: Note.queue, kind: kind, streamID: streamID, group: nil,
        receivedAt: .now)
    }
    let inFlight = InFlightJobs()
    let (known, lost) = (delivery("1-1"), delivery("1-2"))
    #expect(inFlight.add([known]).count == 1)
    inFlight.beginRecovery()
    // Redis lists both; the first ends before its answer is read.
    inFlight.remove([Settlement(known, .drop)])
    #expect(inFlight.add([known, lost]).map(\.streamID) == ["1-2"])
    inFlight.endRecovery()
    #expect(inFlight.add([known, lost]).map(\.streamID) == ["1-1"])
    inFlight.beginRecovery()
    inFlight.remove([Settlement(known, .drop)])
    inFlight.clear()
    #expect(inFlight.add([known]).count == 1)
    inFlight.endRecovery()
    #expect(inFlight.add([known]).isEmpty)
  }

  @Test func jobsRunOnceHoweverOftenIsLooked() async throws {
    try await World.run { (world: World) async throws -> Void in
      let count = 20_000
      let done = Diary<String>()
      var registry = JobRegistry()
      registry.register(Note.self) { note, _ in done.write(note.text) }
      world.work(registry) { $0.recoveryInterval = .zero }
      for start in stride(from: 0, to: count, by: 1000) {
        try await world.client.enqueue((start..<start + 1000).map { Note(text: "\($0)") })
      }
      #expect(await eventually(within: .seconds(30)) { done.count >= count })
      #expect(try await eventually { try await world.client.isIdle() })
      #expect(done.count == count)
      #expect(Set(done.entries).count == count)
    }
  }
}
