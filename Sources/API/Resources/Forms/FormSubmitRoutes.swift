import Forms
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Primitives
import Tracking

/// Takes submissions of forms in all three ways, and shows their outcome (tracking.md 12). There is no login here, and
/// any bytes may arrive.
struct FormSubmitRoutes: Sendable {
  let forms: FormStore
  let submitter: FormSubmitter
  let uploads: FormUploads
  let downloads: FormDownloads
  let tracker: Tracker
  let clock: WallClock
  let limits: RateLimits
  let limit: RateLimit

  var routes: [Route] {
    [
      Route(.post, "/form/submit", needs: .anyone) { try await submit($0) }.summarized(
        "Submit a form"),
      Route(.post, "/form/submit/ajax", needs: .anyone) { request in
        let (answer, _, _) = try await outcome(request)
        return try await withCookies(
          APIResponse(status: answer.status, json: answer.json(isCall: true)), answer)
      }.summarized("Submit a form by a script"),
      Route(.get, "/form/message", needs: .anyone) { try await message($0) }.summarized(
        "What a visitor is told after a form"),
    ]
  }

  private func submit(_ request: APIRequest) async throws -> APIResponse {
    let (answer, form, posted) = try await outcome(request)
    guard !posted.isMessenger else {
      let origin = request.headers[.origin] ?? ""
      return try await withCookies(
        answer.messengerPage(target: WebTarget.host(of: origin) == nil ? "*" : origin), answer)
    }
    return try await withCookies(
      plain(answer, form, ReturnAddress.resolve(posted.returnAddress, request.headers)), answer)
  }

  /// The answer with the cookies by which the browser is recognized (tracking.md 5).
  private func withCookies(
    _ response: APIResponse, _ answer: FormAnswer
  ) async throws -> APIResponse {
    guard let visitor = answer.visitor else { return response }
    var response = response
    let settings = try await tracker.settings()
    for cookie in TrackingCookie.all(device: visitor.trackingID, contact: visitor.contact) {
      response.headers.append(HTTPField(name: .setCookie, value: cookie.header(settings)))
    }
    return response
  }

  /// Reads a submission, and returns its outcome, its form where it is known, and what was sent.
  private func outcome(
    _ request: APIRequest
  ) async throws -> (FormAnswer, Form?, PostedSubmission) {
    let verdict = await limits.take([LimitedEvent("form:\(request.remoteAddress)", limit)])
    let isAllowed = verdict?.isAllowed ?? true
    let posted = try await PostedSubmission.read(
      request, isAllowed ? uploads : nil, at: clock.now)
    guard isAllowed else {
      return (
        refusal("Too many submissions; try again in a moment.", .tooManyRequests), nil, posted
      )
    }
    var kept: Set<Int64> = []
    let result: Result<(FormAnswer, Form?), any Error>
    do {
      result = .success(try await submit(posted, request, keeping: &kept))
    } catch {
      result = .failure(error)
    }
    if !posted.uploads.isEmpty {
      do {
        try await uploads.discard(Array(posted.uploads.values), keeping: kept)
      } catch {
        // They go away by themselves.
        request.logger.warning("files were not removed", metadata: ["error": "\(error)"])
      }
    }
    let (answer, form) = try result.get()
    return (answer, form, posted)
  }

  private func submit(
    _ posted: PostedSubmission, _ request: APIRequest, keeping kept: inout Set<Int64>
  ) async throws -> (FormAnswer, Form?) {
    guard let id = posted.form else { return (refusal(FormClosure.unknown), nil) }
    let page = posted.returnAddress.flatMap { WebTarget.host(of: $0) == nil ? nil : $0 }
    do {
      let receipt = try await submitter.submit(
        FormRequest(
          form: id, values: posted.values, uploads: posted.isForNamed ? posted.uploads : [:],
          token: posted.token, solution: posted.solution, agrees: posted.agrees,
          page: page ?? request.headers[.referer], visit: FormVisit(request, posted),
          at: clock.now))
      kept = receipt.files
      return (try await accepted(receipt), receipt.form)
    } catch let closure as FormClosure {
      return (refusal(closure), nil)
    } catch let error as FormRefusal {
      let form = try await forms.form(id)
      var answer = refusal(error.problems.map(\.message).joined(separator: " "), .badRequest)
      // Scripts read the members; the status of Mautic's answers is 200.
      answer.status = .ok
      answer.formName = form?.markupName ?? ""
      answer.problems = error.problems.map { ($0.alias, $0.message) }
      return (answer, form)
    }
  }

  private func accepted(_ receipt: FormReceipt) async throws -> FormAnswer {
    let values = receipt.form.values
    var answer = FormAnswer(isSuccess: true, formName: receipt.form.markupName)
    answer.visitor = receipt.visitor
    for field in receipt.form.fields {
      if let value = receipt.results[field.alias] {
        answer.results.append(field.alias, .string(value))
      }
    }
    answer.message = values.thanks
    if values.postAction == .redirect { answer.redirect = values.postActionProperty }
    if values.settings.confirmation != nil, values.postAction == .return,
      values.postActionProperty == nil
    {
      answer.message = "Thank you. Please confirm by the link in the mail that you get."
    }
    // What needs a confirmation is given with that.
    if values.settings.confirmation == nil {
      answer.download = try await downloads.link(
        of: receipt.form, for: receipt.submission, at: clock.now)
    }
    return answer
  }

  private func refusal(
    _ message: String, _ status: HTTPResponse.Status
  ) -> FormAnswer {
    var answer = FormAnswer(isSuccess: false, formName: "")
    answer.status = status
    answer.message = message
    return answer
  }

  private func refusal(_ closure: FormClosure) -> FormAnswer {
    refusal(closure.description, closure == .unknown ? .notFound : .ok)
  }

  /// The answer to a browser that shows it to its visitor.
  private func plain(_ answer: FormAnswer, _ form: Form?, _ page: String?) -> APIResponse {
    guard answer.isSuccess, let form else {
      guard let page, let form else {
        // A form that takes none is as if it were not there (FRM-10).
        let status = form == nil ? HTTPResponse.Status.notFound : .badRequest
        return PublicPage.message(
          "Form", answer.message, status: answer.status == .ok ? status : answer.status)
      }
      return redirect(
        to: ReturnAddress.adding(
          "mauticError", answer.message, anchor: form.values.alias, to: page))
    }
    if let download = answer.download {
      return FormPages.download(
        download, form, next: answer.redirect ?? (form.values.postAction == .return ? page : nil))
    }
    if let target = answer.redirect { return redirect(to: target) }
    if form.values.postAction == .return, let page {
      return redirect(
        to: ReturnAddress.adding("mauticMessage", answer.message, anchor: nil, to: page))
    }
    return redirect(to: "/form/message?id=\(form.id)")
  }

  private func redirect(to address: String) -> APIResponse {
    APIResponse(
      status: .found, headers: [.location: address, .cacheControl: "private, no-store"],
      body: .whole(ByteBuffer()))
  }

  /// The page after a plain submission: the form's own message, never a text of the address.
  private func message(_ request: APIRequest) async throws -> APIResponse {
    guard let id = request.query["id"]?.integer,
      let form = try await forms.form(Int64(id)),
      form.values.closure(at: clock.now) == nil
    else { return PublicPage.message("Form", "Thank you.") }
    return PublicPage.page(form.values.name, "<div role=\"status\">\(form.values.thanks)</div>")
  }
}

extension FormValues {
  /// What a visitor is told after a submission, as HTML: the operator's message, which is stored without scripts.
  var thanks: String {
    postAction == .redirect ? "Thank you." : postActionProperty ?? "Thank you."
  }
}
