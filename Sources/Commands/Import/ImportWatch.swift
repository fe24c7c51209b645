/// Follows an import to its end.
struct ImportWatch {
  private let desk: any ImportDesk

  init(_ desk: any ImportDesk) { self.desk = desk }

  /// Shows the progress until nothing more will happen by itself.
  /// - Returns: The import as it ended.
  func follow(_ id: Int64) async throws -> ImportSummary {
    var bar = ProgressBar()
    defer { bar.end() }
    var told = false
    while true {
      let item = try await desk.summary(id)
      switch item.status {
      case "queued", "uploading":
        bar.show(done: 0, total: nil, "waiting for a worker; rows done:")
      case "in_progress":
        bar.show(done: item.done, total: item.rows, "rows")
      case "delayed":
        if !told {
          told = true
          bar.end()
          Console.error("import \(id) \(item.problem ?? "waits for another import to end")")
        }
      default: return item
      }
      try await Task.sleep(for: .milliseconds(150))
    }
  }

  /// Shows the first rows that were left out, if any were.
  func showFailures(of item: ImportSummary) async throws {
    try await showWarnings(of: item)
    guard item.ignored > 0 else { return }
    let (total, rows) = try await desk.failures(item.id, limit: 5)
    for row in rows {
      Console.line("line \(row.line): \(row.error.replacing("\n", with: "; "))")
    }
    if total > rows.count {
      Console.line("… and \(total - rows.count) more: GET /api/imports/\(item.id)/failed")
    }
  }

  /// Shows the first rows with warnings, if there are any.
  private func showWarnings(of item: ImportSummary) async throws {
    let (total, rows) = try await desk.warnings(item.id, limit: 5)
    for row in rows {
      Console.line("line \(row.line): \(row.warning.replacing("\n", with: "; "))")
    }
    if total > rows.count {
      Console.line("… and \(total - rows.count) more: GET /api/imports/\(item.id)/warnings")
    }
  }
}
