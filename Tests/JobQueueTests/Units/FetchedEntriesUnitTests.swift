import Redis
import Testing

@testable import JobQueue

struct FetchedEntriesUnitTests {
  private static func fetched(_ reply: RedisValue) -> FetchedEntries {
    FetchedEntries(
      reply, queues: ["p:{notes}:ready": "notes"], registry: Fixture.registry, receivedAt: .now)
  }

  @Test func entriesAreSortedByWhatTheWorkerCanDo() {
    let known = Fixture.entry()
    let newer = Fixture.entry(version: 9)
    let stranger = Fixture.entry("no such kind")
    let j = Array("j".utf8)
    let fetched = Self.fetched(
      Fixture.reply(
        "p:{notes}:ready",
        [
          ("1-1", [j, known.encoded(), Array("l".utf8), Array("tenant".utf8)]),
          ("1-2", [j, newer.encoded()]), ("1-3", [j, stranger.encoded()]),
          ("1-4", [j, Array("nonsense".utf8)]), ("1-5", nil), ("1-6", []),
        ]))
    #expect(fetched.count == 6)
    #expect(fetched.queues == ["notes"])
    #expect(fetched.lastID == "1-6")
    #expect(fetched.deliveries.map(\.streamID) == ["1-1"])
    #expect(fetched.deliveries.first?.group == "tenant")
    #expect(fetched.deliveries.first?.entry == known)
    #expect(fetched.unknown.map(\.streamID) == ["1-2", "1-3"])
    #expect(fetched.unreadable.map(\.streamID) == ["1-4", "1-6"])
  }

  @Test func otherStreamsAndEmptyRepliesGiveNothing() {
    let other = Self.fetched(Fixture.reply("other", [("1-1", [])]))
    #expect(other.count == 0 && other.queues.isEmpty && other.lastID == nil)
    #expect(Self.fetched(.null).count == 0)
  }

  @Test func unknownJobsWaitHalfTheirAge() {
    #expect(UnknownJobs.pause(age: 0) == 2)
    #expect(UnknownJobs.pause(age: 60) == 30)
    #expect(UnknownJobs.pause(age: 86_400) == 60)
  }
}
