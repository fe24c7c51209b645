import Foundation
import Redis
import Testing

@testable import JobQueue

/// The state that a worker's services share.
struct WorkerStateUnitTests {
  @Test func aSecondDrainOnlyShortensTheTime() async {
    let shutdown = Shutdown()
    #expect(!shutdown.isDraining)
    shutdown.drain(within: .seconds(10))
    shutdown.drain(within: .seconds(20))
    #expect(shutdown.timeout == .seconds(10))
    shutdown.drain(within: .seconds(5))
    #expect(shutdown.timeout == .seconds(5))
    await shutdown.ordered()
    #expect(shutdown.isDraining && !shutdown.isAbandoned)
  }

  @Test func anOrderEndsTheWaits() async {
    let shutdown = Shutdown()
    async let ordered: Void = shutdown.ordered()
    shutdown.abandon()
    await ordered
    #expect(shutdown.isDraining && shutdown.isAbandoned && shutdown.timeout == .zero)
  }

  @Test func aLostLeaseChangesTheConsumer() {
    let lease = Lease()
    #expect(lease.consumer == lease.id)
    #expect(lease.renewedAt == nil)
    let now = Date()
    lease.renew(at: now)
    #expect(lease.renewedAt == now)
    lease.lose()
    #expect(lease.consumer == "\(lease.id)-1")
    lease.lose()
    #expect(lease.consumer == "\(lease.id)-2")
  }

  @Test func cancelledJobsAreRememberedUpToALimit() {
    let cancelled = RecentlyCancelled()
    #expect(cancelled.isEmpty)
    let ids = (0...RecentlyCancelled.most).map { _ in JobID() }
    for id in ids { cancelled.insert(id) }
    #expect(!cancelled.contains(ids[0]))
    #expect(cancelled.contains(ids[RecentlyCancelled.most]))
    cancelled.remove(ids[RecentlyCancelled.most])
    #expect(!cancelled.contains(ids[RecentlyCancelled.most]))
    #expect(!cancelled.isEmpty)
  }

  @Test func controlMessagesAreApplied() throws {
    let (cancelled, paused) = (RecentlyCancelled(), PausedQueues())
    let slot = Slot()
    let job = try Fixture.deed()
    _ = slot.begin([job])
    let listener = ControlListener(
      keys: Keys(prefix: "p"), cancelled: cancelled, slots: SlotPool([slot]), paused: paused)
    func entry(_ id: String, _ name: String, _ value: String) -> RedisValue {
      .array([.status(id), .array([.status(name), .status(value)])])
    }
    let last = listener.apply([
      entry("1-1", "pause", "a"), entry("1-2", "pause", "b"), entry("1-3", "resume", "a"),
      entry("1-4", "cancel", job.entry.id.description), entry("1-5", "cancel", "no id"),
      entry("1-6", "of a newer version", "x"), .null,
    ])
    #expect(last == "1-6")
    #expect(paused.names == ["b"])
    #expect(cancelled.contains(job.entry.id))
    #expect(job.cancellation == .cancelled)
    #expect(listener.apply([entry("1-7", "again", job.entry.id.description)]) == "1-7")
    #expect(cancelled.isEmpty)
    #expect(listener.apply([]) == nil)
  }

  @Test func controlMessagesSurviveTheStream() {
    let messages: [ControlMessage] = [.cancel(JobID()), .again(JobID()), .pause("q"), .resume("q")]
    for message in messages {
      let (name, value) = message.field
      let again = ControlMessage(name: name, value: value)?.field
      #expect(again?.name == name && again?.value == value)
    }
  }
}
