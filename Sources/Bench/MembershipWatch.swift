import Histogram
import Postgres
import Primitives
import Synchronization

/// Measures the time from the answer to a change to the commit that moves the contact into or out of a segment, 0 if
/// the commit comes first. The database notifies of each move when it commits.
final class MembershipWatch: Sendable {
  private struct State {
    var open: [Int64: ContinuousClock.Instant?] = [:]
    var moved: [Int64: ContinuousClock.Instant] = [:]
    var delays = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    var isReady = false

    mutating func record(_ contact: Int64, _ delay: Duration) {
      open[contact] = nil
      delays.record(UInt64(max(0, delay.nanoseconds)))
    }
  }
  private let state = Mutex(State())

  /// The delays so far, in nanoseconds.
  var delays: Histogram<UInt64> { state.withLock { $0.delays } }

  private static let channel = "bench_members"

  /// Makes the database notify of each move into and out of a segment.
  static func install(_ segment: Int64, _ stage: BenchStage) async throws {
    try await stage.postgres.withConnection { connection in
      try await connection.execute(
        script: """
          CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            PERFORM pg_notify('\(channel)', coalesce(NEW.contact_id, OLD.contact_id)::text);
            RETURN NULL;
          END $$;
          CREATE TRIGGER bench_came AFTER INSERT ON segment_members FOR EACH ROW
            WHEN (NEW.segment_id = \(segment)) EXECUTE FUNCTION bench_tell();
          CREATE TRIGGER bench_went AFTER DELETE ON segment_members FOR EACH ROW
            WHEN (OLD.segment_id = \(segment)) EXECUTE FUNCTION bench_tell();
          """)
    }
  }

  /// Listens until it is cancelled.
  func run(_ stage: BenchStage) async throws {
    let listener = PostgresListener(
      try PostgresConfiguration(url: stage.databaseURL, maximumConnections: 1),
      channels: [Self.channel], logger: stage.logger)
    for await event in listener.events() {
      switch event {
      case .connected: state.withLock { $0.isReady = true }
      case .notification(_, let payload):
        if let contact = Int64(payload) { movedNow(contact) }
      }
    }
  }

  /// Waits until it listens.
  func isReady() async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !state.withLock({ $0.isReady }) {
      guard ContinuousClock.now < end else { throw BenchError("the database tells of nothing") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Records that a contact is about to be changed.
  func begins(_ contact: Int64) { state.withLock { $0.open[contact] = .some(nil) } }

  /// Records that the change of a contact was answered.
  func answered(_ contact: Int64) {
    let now = ContinuousClock.now
    state.withLock { state in
      // The notification of the move may arrive before the answer.
      if let moved = state.moved.removeValue(forKey: contact) {
        state.record(contact, moved - now)
      } else {
        state.open[contact] = .some(now)
      }
    }
  }

  private func movedNow(_ contact: Int64) {
    let now = ContinuousClock.now
    state.withLock { state in
      guard let answered = state.open[contact] else { return }
      if let answered {
        state.record(contact, now - answered)
      } else {
        state.moved[contact] = now
      }
    }
  }

  /// Waits until every change has had its move.
  func settles() async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !state.withLock({ $0.open.isEmpty }) {
      guard ContinuousClock.now < end else {
        throw BenchError("\(state.withLock { $0.open.count }) changes reached no segment")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
