import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing
import Users

@testable import Webhooks

@Suite("Sending to webhooks") struct DeliveryTests {
  @Test("Each event is told once, signed, in the order of the changes")
  func sends() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      let hook = try await bed.webhook(.pageHit, url: receiver.url) { $0.secret = "key" }
      let contact = try await bed.contact()
      try await bed.dispatching(3) {
        for number in 1...20 { try await bed.announce(.pageHit, contact: contact, number) }
        #expect(try await eventually { receiver.numbers.count >= 20 })
        let isRecorded = try await eventually {
          try await bed.deliveries(of: hook.id).allSatisfy { $0.state == .delivered }
        }
        #expect(isRecorded)
      }
      #expect(receiver.numbers == Array(1...20))
      let signatures = receiver.bodies.map {
        WebhookSender.signature(of: Array($0.utf8), key: "key")
      }
      #expect(receiver.headers("webhook-signature") == signatures)
      #expect(Set(receiver.headers("content-type")) == ["application/json"])
      #expect(Set(receiver.headers("x-origin-base-url")) == ["https://martlet.example.com"])
      #expect(Set(receiver.headers("idempotency-key")).count == 20)
    }
  }

  @Test("Several in one request where that is asked for")
  func batches() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      try await bed.webhook(.pageHit, url: receiver.url, batch: 10)
      let contact = try await bed.contact()
      try await bed.announce(.pageHit, contact: contact, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
      try await bed.dispatching {
        #expect(try await eventually { receiver.numbers.count >= 12 })
      }
      #expect(receiver.numbers == Array(1...12) && receiver.bodies.count == 2)
    }
  }

  @Test("A failure is tried again later under the same name, and what follows waits")
  func retries() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver { $0 <= 2 ? Receiver.broken : Receiver.ok }
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      let contact = try await bed.contact()
      try await bed.announce(.pageHit, contact: contact, 1, 2)
      try await bed.dispatching {
        for (attempt, pause) in [(1, 10), (2, 20)] {
          let hasFailed = try await eventually {
            try await bed.store.find(hook.id)?.failures == attempt
          }
          #expect(hasFailed && receiver.numbers == Array(repeating: 1, count: attempt))
          bed.offset.advance(by: pause)
        }
        #expect(try await eventually { receiver.numbers.count >= 4 })
      }
      #expect(receiver.numbers == [1, 1, 1, 2])
      let keys = receiver.headers("idempotency-key")
      #expect(Set(keys.prefix(3)).count == 1 && keys.last != keys.first)
      let first = try #require(try await bed.deliveries(of: hook.id).last)
      #expect(first.state == .delivered && first.attempts == 3 && first.note == "HTTP 200")
      let notes = try await bed.texts(
        "SELECT note FROM webhook_logs WHERE delivery_id = \(first.id) ORDER BY id")
      #expect(notes == ["HTTP 500: sick", "HTTP 500: sick", "HTTP 200"])
    }
  }

  @Test(
    "After many failures in a row it is switched off, with a notice; published again it goes on")
  func switchesOff() async throws {
    try await WebhooksBed.with { bed in
      let isWell = Atomic<Bool>(false)
      let receiver = try Receiver { _ in
        isWell.load(ordering: .relaxed) ? Receiver.ok : Receiver.broken
      }
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, role_id, password_hash, is_published, date_added)
        VALUES (1, 'ada', 1, '', true, \(bed.now))
        """)
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      let contact = try await bed.contact()
      try await bed.announce(.pageHit, contact: contact, 1)
      try await bed.dispatching(mostFailures: 3) {
        let isOff = try await eventually {
          bed.offset.advance(by: 1)
          return try await bed.store.find(hook.id)?.values.isPublished == false
        }
        #expect(isOff && receiver.numbers == [1, 1, 1])
        let off = try await bed.store.find(hook.id)
        #expect(off?.disabledReason?.contains("3 requests in a row failed") == true)
        let notes = try await InboxStore.notes(of: 1, on: bed.pool)
        #expect(notes.map(\.title) == ["The webhook Receiver was switched off"])
        isWell.store(true, ordering: .relaxed)
        var input = WebhookInput()
        input.isPublished = true
        let back = try await bed.store.update(hook.id, input, by: .system, now: bed.now)
        #expect(back?.disabledReason == nil && back?.failures == 0)
        #expect(try await eventually { receiver.numbers.count == 4 })
      }
    }
  }

  @Test("A receiver that is gone (410) is switched off at once")
  func gone() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver { _ in "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n" }
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      try await bed.announce(.pageHit, contact: nil, 1)
      try await bed.dispatching {
        let isOff = try await eventually {
          try await bed.store.find(hook.id)?.values.isPublished == false
        }
        #expect(isOff)
      }
      #expect(receiver.numbers == [1])
    }
  }

  @Test("A slow receiver holds up nobody else")
  func lanes() async throws {
    try await WebhooksBed.with { bed in
      let slow = try Receiver { _ in
        Thread.sleep(forTimeInterval: 3)
        return Receiver.ok
      }
      let quick = try Receiver()
      try await bed.webhook(.pageHit, url: slow.url)
      try await bed.webhook(.pageHit, url: quick.url)
      try await bed.dispatching(lanes: 2) {
        for number in 1...5 { try await bed.announce(.pageHit, contact: nil, number) }
        #expect(try await eventually { quick.numbers.count >= 5 })
        #expect(slow.numbers.count < 5)
      }
    }
  }

  @Test("A worker that dies between the request and its record: the same body under the same name")
  func repeats() async throws {
    try await WebhooksBed.with { bed in
      let mayAnswer = Atomic<Bool>(false)
      let receiver = try Receiver { _ in
        while !mayAnswer.load(ordering: .relaxed) { Thread.sleep(forTimeInterval: 0.01) }
        return Receiver.ok
      }
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      try await bed.announce(.pageHit, contact: nil, 1, 2)
      // The task is cancelled when the request has arrived, and records nothing.
      try await bed.dispatching {
        #expect(try await eventually { receiver.numbers == [1] })
      }
      mayAnswer.store(true, ordering: .relaxed)
      let left = try await bed.deliveries(of: hook.id)
      #expect(left.map(\.state) == [.waiting] && left.first?.attempts == 0)
      bed.offset.advance(by: 31)
      try await bed.dispatching {
        #expect(try await eventually { receiver.numbers.count >= 3 })
      }
      #expect(receiver.numbers == [1, 1, 2])
      let keys = receiver.headers("idempotency-key")
      #expect(keys[0] == keys[1] && keys[1] != keys[2])
      #expect(receiver.bodies[0] == receiver.bodies[1])
    }
  }

  @Test("A delivery is sent again before what waits, as it was")
  func replays() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      try await bed.announce(.pageHit, contact: nil, 1, 2)
      try await bed.dispatching {
        let areSent = try await eventually {
          let deliveries = try await bed.deliveries(of: hook.id)
          return deliveries.count == 2 && deliveries.allSatisfy { $0.state == .delivered }
        }
        #expect(areSent)
        let first = try #require(try await bed.deliveries(of: hook.id).last)
        let replayed = try await bed.jobs.transaction { transaction in
          try await WebhookLogStore.replay([first.id, 999], of: hook.id, in: transaction)
        }
        #expect(replayed.map(\.id) == [first.id])
        #expect(try await eventually { receiver.numbers == [1, 2, 1] })
      }
      let keys = receiver.headers("idempotency-key")
      #expect(keys[0] == keys[2] && receiver.bodies[0] == receiver.bodies[2])
    }
  }

  @Test("A paused one keeps what it is told")
  func pauses() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      let other = try Receiver()
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      try await bed.webhook(.pageHit, url: other.url)
      _ = try await bed.store.setPaused(true, hook.id, by: .system, now: bed.now)
      try await bed.dispatching {
        try await bed.announce(.pageHit, contact: nil, 1)
        #expect(try await eventually { other.numbers == [1] })
        #expect(receiver.numbers == [])
        _ = try await bed.store.setPaused(false, hook.id, by: .system, now: bed.now)
        #expect(try await eventually { receiver.numbers == [1] })
      }
    }
  }

  @Test("CAM-454: private addresses are refused unless the operator allows them")
  func refusesPrivateAddresses() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      try await bed.announce(.pageHit, contact: nil, 1)
      try await bed.dispatching(allowsPrivate: false) {
        let hasFailed = try await eventually {
          try await bed.store.find(hook.id)?.failures == 1
        }
        #expect(hasFailed && receiver.bodies == [])
      }
    }
  }

  @Test("What is old is deleted, and what nobody will take")
  func prunes() async throws {
    try await WebhooksBed.with { bed in
      let receiver = try Receiver()
      let hook = try await bed.webhook(.pageHit, url: receiver.url)
      let other = try await bed.webhook(.pageHit)
      try await bed.announce(.pageHit, contact: nil, 1)
      _ = try await bed.store.delete(other.id, by: .system, now: bed.now)
      try await bed.dispatching {
        let isSent = try await eventually {
          try await bed.deliveries(of: hook.id).first?.state == .delivered
        }
        #expect(isSent)
      }
      try await bed.announce(.pageHit, contact: nil, 2)
      let prune = { (bed: WebhooksBed) in
        try await bed.jobs.transaction { try await WebhookLogStore.prune(100, in: $0) }
      }
      _ = try await prune(bed)
      #expect(try await bed.deliveries(of: hook.id).count == 1)
      bed.offset.advance(by: 31 * 86_400)
      _ = try await prune(bed)
      #expect(try await bed.deliveries(of: hook.id) == [])
      #expect(try await bed.waiting() == [])
    }
  }
}
