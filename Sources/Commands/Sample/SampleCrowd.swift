/// Several things at a time.
enum SampleCrowd {
  /// How many at a time.
  private static let width = 6

  /// Does something with each element, a few at a time; the first error ends it.
  static func each<Element: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (place, element) in elements.enumerated() {
        if place >= width { try await group.next() }
        group.addTask { try await body(element) }
      }
      try await group.waitForAll()
    }
  }
}
