import API

/// What is done with a contact without a page of its own.
enum ContactActions {
  static func addTag(_ page: PageRequest) async throws -> PageAnswer {
    try await tag(page) { $0 }
  }

  static func removeTag(_ page: PageRequest) async throws -> PageAnswer {
    try await tag(page) { "-" + $0 }
  }

  /// Adds a tag, or takes one away where its name has a minus before it.
  private static func tag(
    _ page: PageRequest, _ change: (String) -> String
  ) async throws -> PageAnswer {
    let id = try page.id
    if let tag = try await FormBody(page).text("tag") {
      try await page.send(
        .patch, "contacts/\(id)/edit", ["tags": [.string(change(tag))]])
    }
    return .redirect(to: "contacts/\(id)", message: page.texts("Saved."))
  }
}
