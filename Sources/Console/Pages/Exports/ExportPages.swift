import API

/// The pages of exports.
enum ExportPages {
  static let needs = Requirement.on(.exports, .enable)

  static var routes: [ConsoleRoute] {
    [
      .get("/exports", needs: needs) { try await ExportListPage(page: $0)() },
      .get("/exports/new", needs: needs.and(.on(.contacts, .view))) {
        try await ExportForm(page: $0).new()
      },
      .post("/exports/new", needs: needs.and(.on(.contacts, .view))) {
        try await ExportForm(page: $0).create()
      },
      .get("/exports/{id}", needs: needs) { try await ExportPage(page: $0)() },
      .get("/exports/{id}/download", needs: needs) { page in
        let path = "/api/exports/\(try page.id)/download"
        return .other(try await page.console.api.forward(page.request, to: .get, path))
      },
      .post("/exports/{id}/cancel", needs: needs) { page in
        let id = try page.id
        try await page.send(.post, "exports/\(id)/cancel", [:])
        return .redirect(to: "exports/\(id)", message: page.texts("Cancelled."))
      },
      .post("/exports/{id}/delete", needs: needs) { page in
        try await page.send(.delete, "exports/\(page.id)/delete")
        return .redirect(to: "exports", message: page.texts("Deleted."))
      },
    ]
  }

  /// The figures of an export while it is written.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/exports/{id}", needs: needs) { page in
        ExportFigures(try await page.get("exports/\(page.id)")["export"] ?? [:]).figures
      }
    ]
  }
}
