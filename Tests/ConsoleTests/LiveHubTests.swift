import API
import Synchronization
import TestSupport
import Testing

@testable import Console

/// Live figures that browsers share.
struct LiveHubTests {
  @Test("CSL-1: one look serves all who watch the same")
  func aLookServesAll() async throws {
    let hub = LiveHub(interval: .milliseconds(5))
    let figure = Mutex(0)
    let look: LiveHub.Look = {
      ["count": .int(figure.withLock { $0 })]
    }
    var watchers: [AsyncStream<[UInt8]>] = []
    for _ in 0..<10 { watchers.append(await hub.watch("campaigns/1", look)) }
    #expect(await hub.watcherCount == 10)
    var iterators = watchers.map { $0.makeAsyncIterator() }
    for index in iterators.indices {
      #expect(
        await iterators[index].next().map { String(decoding: $0, as: UTF8.self) } == #"{"count":0}"#
      )
    }
    figure.withLock { $0 = 7 }
    for index in iterators.indices {
      #expect(
        await iterators[index].next().map { String(decoding: $0, as: UTF8.self) } == #"{"count":7}"#
      )
    }
    iterators = []
    watchers = []
    #expect(try await eventually { await hub.watcherCount == 0 })
  }

  @Test func whoComesLaterIsToldNothingOlder() async throws {
    let hub = LiveHub(interval: .milliseconds(5))
    let figure = Mutex(0)
    let look: LiveHub.Look = { ["count": .int(figure.withLock { $0 })] }
    var first = await hub.watch("work", look).makeAsyncIterator()
    #expect(await first.next().map { String(decoding: $0, as: UTF8.self) } == #"{"count":0}"#)
    figure.withLock { $0 = 1 }
    var second = await hub.watch("work", look).makeAsyncIterator()
    #expect(await second.next().map { String(decoding: $0, as: UTF8.self) } == #"{"count":1}"#)
    #expect(await first.next().map { String(decoding: $0, as: UTF8.self) } == #"{"count":1}"#)
  }

  @Test func aLookThatFailsEndsTheWatching() async {
    struct Gone: Error {}
    let hub = LiveHub(interval: .milliseconds(5))
    var count = 0
    for await _ in await hub.watch("x", { throw Gone() }) { count += 1 }
    #expect(count == 0)
    #expect(await hub.watcherCount == 0)
  }
}
