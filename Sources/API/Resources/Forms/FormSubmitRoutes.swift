import Forms
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Primitives

/// Takes submissions of forms in all three ways, and shows their outcome (tracking.md 12). There is no login here, and
/// any bytes may arrive.
struct FormSubmitRoutes: Sendable {
  let forms: FormStore
  let submitter: FormSubmitter
  let clock: WallClock
  let limiter: RateLimiter

  var routes: [Route] {
    [
      Route(.post, "/form/submit", access: .anyone) { try await submit($0) },
      Route(.post, "/form/submit/ajax", access: .anyone) { request in
        let (answer, _) = try await outcome(try await PostedSubmission.read(request), request)
        return APIResponse(status: answer.status, json: answer.json(isCall: true))
      },
      Route(.get, "/form/message", access: .anyone) { try await message($0) },
    ]
  }

  private func submit(_ request: APIRequest) async throws -> APIResponse {
    let posted = try await PostedSubmission.read(request)
    let (answer, form) = try await outcome(posted, request)
    guard !posted.isMessenger else {
      let origin = request.headers[.origin] ?? ""
      return answer.messengerPage(target: WebTarget.host(of: origin) == nil ? "*" : origin)
    }
    return plain(answer, form, ReturnAddress.resolve(posted.returnAddress, request.headers))
  }

  /// The outcome of a submission, and its form where it is known.
  private func outcome(
    _ posted: PostedSubmission, _ request: APIRequest
  ) async throws -> (FormAnswer, Form?) {
    let now = ContinuousClock.now
    guard limiter.take(request.remoteAddress, at: now) else {
      return (
        refusal("Too many submissions; try again in a moment.", .tooManyRequests), nil
      )
    }
    guard let id = posted.form else { return (refusal(FormClosure.unknown), nil) }
    let page = posted.returnAddress.flatMap { WebTarget.host(of: $0) == nil ? nil : $0 }
    do {
      let receipt = try await submitter.submit(
        FormRequest(
          form: id, values: posted.values, token: posted.token,
          solution: posted.solution, agrees: posted.agrees,
          page: page ?? request.headers[.referer], visit: request.visit, at: clock.now))
      return (accepted(receipt), receipt.form)
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

  private func accepted(_ receipt: FormReceipt) -> FormAnswer {
    let values = receipt.form.values
    var answer = FormAnswer(isSuccess: true, formName: receipt.form.markupName)
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
        return PublicPage.message(
          "Form", answer.message,
          status: answer.status == .ok ? .badRequest : answer.status)
      }
      return redirect(
        to: ReturnAddress.adding(
          "mauticError", answer.message, anchor: form.values.alias, to: page))
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

extension APIRequest {
  /// What the request tells of the browser that sent it.
  var visit: FormVisit {
    var cookies: [String: String] = [:]
    for field in headers where field.name == .cookie {
      for pair in field.value.split(separator: ";").prefix(100) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { continue }
        cookies[String(parts[0]).trimmingBlanks] = String(parts[1]).trimmingBlanks
      }
    }
    return FormVisit(
      cookies: cookies, device: query["mautic_device_id"]?.text, address: remoteAddress,
      agent: headers[.userAgent])
  }
}
