import Foundation
import JobQueue
import Postgres
import Users

extension ExportService {
  /// Returns an export that a user may view.
  ///
  /// - Throws: ``ExportError`` `notFound`; `forbidden` for another user's (EXP-04).
  package func get(_ id: Int64, for user: ExportUser) async throws -> Export {
    let export = try await store.get(id)
    guard user.mayUse(export) else {
      throw ExportError(.forbidden, "export \(id) is another user's")
    }
    return export
  }

  /// Returns the file of an export that a user may download.
  ///
  /// - Throws: ``ExportError`` `notFound`, `forbidden`; `notReady` while it is being written;
  ///   `expired` after its time; `conflict` if there will be none.
  package func file(_ id: Int64, for user: ExportUser) async throws -> ExportFile {
    let export = try await get(id, for: user)
    switch export.status(at: now) {
    case .queued, .inProgress:
      throw ExportError(.notReady, "export \(id) is not ready yet")
    case .expired: throw ExportError(.expired, "the file of export \(id) has expired")
    case .failed:
      throw ExportError(.conflict, "export \(id) failed: \(export.error?.message ?? "")")
    case .stopped: throw ExportError(.conflict, "export \(id) was stopped")
    case .ready: break
    }
    guard let size = export.fileSize, let hash = export.sha256 else {
      throw ExportError(.notReady, "export \(id) is not ready yet")
    }
    return ExportFile(export: export, size: size, sha256: hash, pool: jobs.postgres)
  }

  /// Cancels an export that waits or runs. Its parts are deleted.
  ///
  /// - Throws: ``ExportError`` `conflict` for one that has ended.
  package func cancel(_ id: Int64, by user: ExportUser) async throws -> Export {
    _ = try await get(id, for: user)
    let now = now
    let export = try await jobs.transaction(at: now) { transaction in
      let export = try await ExportStore.lock(id, in: transaction)
      guard export.status.isPending else {
        throw ExportError(.conflict, "export \(id) is \(export.status.name): it has ended")
      }
      // From here on no step of the work is accepted; the job is cancelled after the commit.
      try await ExportStore.stop(id, by: user, in: transaction)
      try DiscardExportParts.enqueue(transaction.outbox)
      try await ExportAudit.write("cancel", export, by: user.author, in: transaction)
      return export
    }
    try await stop(export.jobID)
    return try await store.get(id)
  }

  /// Deletes an export and its file; a running one is stopped.
  /// - Returns: The deleted export.
  package func delete(_ id: Int64, by user: ExportUser) async throws -> Export {
    _ = try await get(id, for: user)
    let now = now
    let export = try await jobs.transaction(at: now) { transaction in
      let export = try await ExportStore.lock(id, in: transaction)
      try await ExportStore.delete(id, on: transaction.connection)
      try DiscardExportParts.enqueue(transaction.outbox)
      try await ExportAudit.write("delete", export, by: user.author, in: transaction)
      return export
    }
    if export.status.isPending { try await stop(export.jobID) }
    return export
  }

  /// Cancels the job, which has nothing left to do; a job that has ended meanwhile is ignored.
  private func stop(_ job: String?) async throws {
    guard let job = job.flatMap(JobID.init) else { return }
    do {
      try await jobs.cancel(job)
    } catch JobError.conflict {
      return
    }
  }
}
