import Contacts
import Foundation
import Hummingbird
import Mail

/// Unsubscribing, subscribing again, and the preference centre (email.md 13).
struct UnsubscribeRoutes: Sendable {
  let environment: MailEnvironment
  let emails: EmailStore
  /// The landing pages that e-mails have as their preference centres.
  let pages: PreferenceCenterPages
  let visitors: MailVisitors

  var routes: [Route] {
    let proof = "/{hash:text}/{address:text}/{digest:text}"
    return ["/{hash:text}", proof].flatMap { path in
      [
        Route(.get, "/email/unsubscribe\(path)", needs: .anyone) { try await show($0) }.summarized(
          "The page to unsubscribe"),
        Route(.post, "/email/unsubscribe\(path)", needs: .anyone) { try await post($0) }.summarized(
          "The page to unsubscribe"),
        Route(.get, "/email/dnc\(path)", needs: .anyone) { try await leave($0) }.summarized(
          "Unsubscribe at once"),
        Route(.post, "/email/dnc\(path)", needs: .anyone) { try await post($0) }.summarized(
          "Unsubscribe at once"),
        Route(.get, "/email/resubscribe\(path)", needs: .anyone) { try await comeBack($0) }
          .summarized("Subscribe again"),
        Route(.post, "/email/resubscribe\(path)", needs: .anyone) { try await comeBack($0) }
          .summarized("Subscribe again"),
      ]
    }
  }

  private func subject(_ request: APIRequest) async throws -> MailSubject? {
    try await MailSubjects(environment: environment).find(
      hash: try request.pathText("hash"), address: request.pathParameters["address"],
      digest: request.pathParameters["digest"])
  }

  /// The page for an unknown link; nothing changes (EML-401).
  private var unknown: APIResponse {
    PublicPage.message("Record not found", "This link is not known. Nothing was changed.")
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let answer = try await page(request)
    // Only of the page of a send that is known.
    guard let hash = SendHash.parse(try request.pathText("hash")), answer.status == .ok else {
      return answer
    }
    return await visitors.recognizing(hash, request, answer)
  }

  private func page(_ request: APIRequest) async throws -> APIResponse {
    guard let subject = try await subject(request) else { return unknown }
    let settings = try await environment.currentSettings()
    let wantsAll = request.query["unsubscribe_all"]?.truth == true
    if settings.showsPreferences, !wantsAll, let contact = subject.contact {
      let form = try await form(contact, subject, settings, request)
      return try await landingPage(form, isSaved: false) ?? form.page
    }
    return try await leave(subject, request, settings)
  }

  private func form(
    _ contact: Int64, _ subject: MailSubject, _ settings: MailSettings, _ request: APIRequest
  ) async throws -> PreferencePage {
    PreferencePage(
      try await PreferenceCenter(environment: environment).read(contact), subject, settings,
      token: environment.formToken(subject.hash), action: request.path)
  }

  /// The preference centre of the e-mail, if it has one.
  private func landingPage(_ form: PreferencePage, isSaved: Bool) async throws -> APIResponse? {
    guard let email = form.subject.email,
      let center = try await emails.preferenceCenter(of: email)
    else { return nil }
    return try await pages.response(
      center.page, language: center.language, contact: form.subject.contact,
      slots: form.slots(isSaved: isSaved), now: environment.clock.now)
  }

  /// Unsubscribes from everything at once (EML-402).
  private func leave(_ request: APIRequest) async throws -> APIResponse {
    guard let subject = try await subject(request) else { return unknown }
    return try await leave(subject, request, try await environment.currentSettings())
  }

  private func leave(
    _ subject: MailSubject, _ request: APIRequest, _ settings: MailSettings
  ) async throws -> APIResponse {
    // What is fetched in advance changes nothing, nor does a machine (EML-365).
    guard request.method != .head else { return PublicPage.message("Unsubscribe", "") }
    if request.method == .get {
      var asks = settings.asksBeforeUnsubscribing || request.isAdvance
      if !asks { asks = try await isDoubtful(subject, request) }
      if asks { return button("Unsubscribe", subject, request) }
    }
    try await Unsubscriber(environment: environment).unsubscribe(subject)
    return page("Unsubscribed", settings.unsubscribeMessage, subject, to: "resubscribe")
  }

  private func isDoubtful(_ subject: MailSubject, _ request: APIRequest) async throws -> Bool {
    try await FollowedLinkCheck(environment: environment).isDoubtful(
      subject, address: request.remoteAddress, agent: request.headers[.userAgent])
  }

  /// Programs follow links before people do: then, or if a setting says so, a button is required.
  private func button(
    _ title: String, _ subject: MailSubject, _ request: APIRequest
  ) -> APIResponse {
    PublicPage.page(
      title,
      """
      <form method="post" action="\(PublicPage.escape(request.path))">
      <input type="hidden" name="confirm" value="\(environment.formToken(subject.hash))">
      <p>\(PublicPage.escape(subject.address))</p><button>\(title)</button></form>
      """)
  }

  private var expired: APIResponse {
    PublicPage.message(
      "The form has expired", "Please open the link in the e-mail again.", status: .forbidden)
  }

  /// Handles the button of a mail program (EML-403) or of our page, or the preference centre's form
  /// (EML-405).
  private func post(_ request: APIRequest) async throws -> APIResponse {
    let body = try await PostedForm.read(request)
    let found = try await subject(request)
    if body.isOneClick {
      guard let found else {
        return APIResponse(text: "not found", status: .notFound)
      }
      try await Unsubscriber(environment: environment).unsubscribe(found)
      return APIResponse(text: "unsubscribed")
    }
    guard let found else { return unknown }
    let settings = try await environment.currentSettings()
    guard environment.isFormToken(body.token, found.hash) else { return expired }
    if body.isConfirmation {
      try await Unsubscriber(environment: environment).unsubscribe(found)
      return page("Unsubscribed", settings.unsubscribeMessage, found, to: "resubscribe")
    }
    do {
      try await PreferenceCenter(environment: environment).save(
        try PreferencePage.input(body.members, settings), of: found)
    } catch let error as InvalidInput {
      return PublicPage.message("This cannot be saved", error.description, status: .badRequest)
    } catch let error as APIError {
      return PublicPage.message("This cannot be saved", error.message, status: .badRequest)
    }
    if let contact = found.contact {
      let form = try await form(contact, found, settings, request)
      if let page = try await landingPage(form, isSaved: true) { return page }
    }
    return PublicPage.message("Saved", "Your preferences have been saved.")
  }

  /// Subscribes again by the button alone: programs follow links, and nobody gets mail against their will because of one
  /// (EML-406).
  private func comeBack(_ request: APIRequest) async throws -> APIResponse {
    guard let subject = try await subject(request) else { return unknown }
    guard request.method == .post else { return button("Subscribe", subject, request) }
    let token = try await PostedForm.read(request).token
    guard environment.isFormToken(token, subject.hash) else { return expired }
    guard try await Unsubscriber(environment: environment).resubscribe(subject) else {
      return PublicPage.message(
        "Not subscribed",
        "\(subject.address) does not get e-mails for another reason, which this link cannot change."
      )
    }
    let settings = try await environment.currentSettings()
    return page("Subscribed", settings.resubscribeMessage, subject, to: "unsubscribe")
  }

  /// The configured message; `|EMAIL|` and `|URL|` are filled.
  private func page(
    _ title: String, _ message: String, _ subject: MailSubject, to action: String
  ) -> APIResponse {
    PublicPage.page(
      title,
      "<p>"
        + message.replacing("|EMAIL|", with: PublicPage.escape(subject.address))
        .replacing("|URL|", with: PublicPage.escape(environment.link(action, subject))) + "</p>")
  }
}

extension APIResponse {
  init(text: String, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: .whole(ByteBuffer(string: text)))
  }
}
