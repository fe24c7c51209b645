import TestSupport
import Testing

@testable import JobQueue

struct HeartbeatUnitTests {
  @Test func itBeatsUntilItIsStopped() async {
    let heartbeat = Heartbeat(interval: .milliseconds(5))
    let beats = Tally()
    let service = Task {
      await withTaskExecutorPreference(heartbeat) {
        while await heartbeat.tick() { beats.up() }
      }
    }
    #expect(await eventually { beats.now >= 3 })
    heartbeat.stop()
    await service.value
  }

  @Test func aStoppedHeartbeatDoesNotTick() async {
    let heartbeat = Heartbeat(interval: .milliseconds(5))
    heartbeat.stop()
    #expect(await heartbeat.tick() == false)
  }

  @Test func stoppingEndsAWait() async {
    let heartbeat = Heartbeat(interval: .milliseconds(5))
    let service = Task {
      await withTaskExecutorPreference(heartbeat) {
        var beats = 0
        while await heartbeat.tick() { beats += 1 }
        return beats
      }
    }
    await Task.yield()
    heartbeat.stop()
    #expect(await service.value >= 0)
  }

  /// Nobody but the task holds the heartbeat, and its thread ends at once: whoever hands it the last piece of work must
  /// not touch it afterwards.
  @Test func itMayGoWithItsLastWork() async {
    await withTaskGroup { group in
      for _ in 0..<2000 {
        group.addTask {
          let heartbeat = Heartbeat(interval: .nanoseconds(1))
          await withTaskExecutorPreference(heartbeat) {
            _ = await heartbeat.tick()
            heartbeat.stop()
          }
        }
      }
    }
  }
}
