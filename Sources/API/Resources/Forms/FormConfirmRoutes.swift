import Forms
import Hummingbird
import JobQueue

/// The page of the link by which a submission is confirmed. Looking at it confirms nothing, since programs that look
/// into mails follow links too; its button does.
struct FormConfirmRoutes: Sendable {
  let confirmations: FormConfirmations
  let downloads: FormDownloads
  let clock: WallClock

  var routes: [Route] {
    let path = "/form/confirm/{key:text}"
    return [
      Route(.get, path, needs: .anyone) { request in
        try await page(try await confirmations.look(try request.pathText("key"), now: clock.now))
      }.summarized("The page to confirm a submission"),
      Route(.post, path, needs: .anyone) { request in
        try await page(
          try await confirmations.confirm(
            try request.pathText("key"), address: request.remoteAddress,
            agent: request.headers[.userAgent], now: clock.now))
      }.summarized("Confirm a submission"),
    ]
  }

  private func page(_ outcome: FormConfirmations.Outcome) async throws -> APIResponse {
    switch outcome {
    case .unknown: return PublicPage.notFound
    case .expired(let form):
      return PublicPage.message(
        form.values.name, "This link is too old. Please fill in the form again.", status: .gone)
    case .confirmed(let form, let submission):
      if let link = try await downloads.link(of: form, for: submission, at: clock.now) {
        return FormPages.download(link, form, next: nil)
      }
      return PublicPage.page(form.values.name, "<div role=\"status\">\(form.values.thanks)</div>")
    case .waiting(let form):
      return PublicPage.page(
        form.values.name,
        """
        \(form.values.settings.consent.map { "<div>\($0)</div>" } ?? "")
        <form method="post"><p><button>Confirm</button></p></form>
        """)
    }
  }
}
