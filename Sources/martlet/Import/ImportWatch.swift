import Imports

/// Follows an import to its end.
struct ImportWatch {
  private let service: ImportService

  init(_ service: ImportService) { self.service = service }

  /// Shows the progress until nothing more will happen by itself.
  /// - Returns: The import as it ended.
  func follow(_ id: Int64) async throws -> Import {
    var bar = ProgressBar()
    defer { bar.end() }
    var told = false
    while true {
      let item = try await service.store.get(id)
      if item.status.hasEnded || item.status == .stopped || item.status == .draft { return item }
      switch item.status {
      case .inProgress:
        bar.show(done: item.processedCount, total: item.lineCount, "rows")
      case .delayed where !told:
        told = true
        bar.end()
        Console.error("import \(id) \(item.statusInfo ?? "waits for another import to end")")
      default:
        bar.show(done: 0, total: nil, "waiting for a worker; rows done:")
      }
      try await Task.sleep(for: .milliseconds(item.status == .inProgress ? 200 : 100))
    }
  }
}
