import Contacts
import Imports
import Processes
import Users

/// Hands a file to the database's imports and finds what its options name.
struct ImportSubmission {
  let service: ImportService
  private let tool: Tool

  init(_ tool: Tool) {
    self.tool = tool
    service = ImportService(
      jobs: tool.backends.jobs, fields: FieldStore(pool: tool.backends.postgres),
      logger: tool.backends.logger)
  }

  /// Stores the file; the import then waits for a worker.
  /// - Throws: `ImportError` where the file or an option is refused; nothing remains then.
  func submit(_ source: FileSource, _ options: ImportOptions) async throws -> Import {
    var bar = ProgressBar()
    defer { bar.end() }
    return try await service.upload(options, by: ImportActor()) {
      let piece = try source.next()
      bar.show(done: source.position >> 20, total: source.size.map { $0 >> 20 }, "MiB sent")
      return piece
    }
  }

  /// The id of the user with a name or an e-mail address.
  /// - Throws: `CommandFailure` where there is none.
  func user(_ name: String?) async throws -> Int64? {
    guard let name else { return nil }
    let users = UserStore(pool: tool.backends.postgres, hasher: PasswordHasher())
    guard let user = try await users.find(name) else {
      throw CommandFailure("there is no user \(name)")
    }
    return user.id
  }

  /// The id of the segment with an alias.
  /// - Throws: `CommandFailure` where there is none.
  func segment(_ alias: String?) async throws -> Int64? {
    guard let alias else { return nil }
    let segments = SegmentStore(pool: tool.backends.postgres)
    if let segment = try await segments.segment(alias: alias) { return segment.id }
    let known = try await segments.list().map(\.alias).joined(separator: ", ")
    throw CommandFailure(
      "there is no segment \(alias)" + (known.isEmpty ? "" : "; there are \(known)"))
  }

  /// Shows the first rows that were left out.
  func showFailures(of item: Import) async throws {
    guard item.ignoredCount > 0 else { return }
    let (total, rows) = try await service.failures(item.id, limit: 5)
    for row in rows {
      let reason = row.error.replacing("\n", with: "; ")
      Console.line("line \(row.line): \(reason)")
    }
    if total > rows.count {
      Console.line("… and \(total - rows.count) more: GET /api/imports/\(item.id)/failed")
    }
  }
}
