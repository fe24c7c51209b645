import Contacts
import JobQueue
import Postgres

extension Tracker {
  /// Records how far a video was watched. A view has one row, which keeps the most that was told of it.
  ///
  /// - Returns: The visitor; nil where nobody is to be tracked, or the view is another visitor's.
  /// - Throws: An error if it could not be recorded.
  package func watch(_ view: VideoView, _ request: VisitRequest) async throws -> Visitor? {
    guard !request.isByUser, !request.isAdvance,
      case .visitor(let visitor, let address) = try await resolver.resolve(request)
    else { return nil }
    let kept = try await settings().anonymizesAddresses ? "*.*.*.*" : address
    let isRecorded = try await resolver.jobs.transaction { transaction in
      let connection = transaction.connection
      let current = try await ContactMerger.current(of: visitor.contact, on: connection)
      guard
        let contact = try await ContactLock.lock(current.map { [$0] } ?? [], on: connection).first
      else { return false }
      return try await VideoHitStore.record(
        view, by: contact, visitor.device.trackingID, request, address: kept, in: transaction)
    }
    return isRecorded ? visitor : nil
  }
}
