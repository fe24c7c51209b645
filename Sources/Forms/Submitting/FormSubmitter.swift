package import Contacts
import Fields
import Foundation
import JobQueue
import Mail
import Postgres
import Primitives

/// Takes submissions of forms: checks them, finds or makes their contacts, and stores them (FRM-02).
///
/// Contact and submission are one transaction, with the job that does the rest: actions, campaigns, points.
package struct FormSubmitter: Sendable {
  private let forms: FormStore
  private let fields: FieldStore
  private let contacts: ContactStore
  private let visitors: any FormVisitors
  private let shared: SharedSubmissions
  /// The challenges of forms.
  package let challenges: FormChallenges
  /// The confirmations of submissions.
  package let confirmations: FormConfirmations
  private let settings: @Sendable () async throws -> ContactSettings

  /// The form or the definitions of fields have changed since this process has read them.
  private struct Outdated: Error {}

  /// Creates a submitter.
  ///
  /// - Parameters:
  ///   - forms: The forms.
  ///   - contacts: Reads contacts.
  ///   - editor: Writes contacts, and joins a visitor to the contact that it turns out to be.
  ///   - visitors: Knows who is tracked.
  ///   - challenges: Makes and checks the challenges of forms.
  ///   - confirmations: Asks for confirmations.
  ///   - settings: Returns the operator's settings for contacts.
  package init(
    forms: FormStore, contacts: ContactStore, editor: ContactEditor, visitors: any FormVisitors,
    challenges: FormChallenges, confirmations: FormConfirmations,
    settings: @escaping @Sendable () async throws -> ContactSettings
  ) {
    self.forms = forms
    fields = forms.fields
    self.contacts = contacts
    self.visitors = visitors
    shared = SharedSubmissions(editor: editor, visitors: visitors)
    self.challenges = challenges
    self.confirmations = confirmations
    self.settings = settings
  }

  /// Takes a submission.
  ///
  /// - Returns: What was stored; of the same submission sent again, what was stored the first time.
  /// - Throws: ``FormClosure`` for a form that takes none; ``FormRefusal`` with all values that it does not accept,
  ///   without any change; `PostgresError`.
  package func submit(_ request: FormRequest) async throws -> FormReceipt {
    let request = bounded(request)
    var attempt = 1
    while true {
      do {
        return try await submitOnce(request)
      } catch let error as Outdated {
        guard attempt < 10 else { throw error }
        attempt += 1
      }
    }
  }

  /// Takes a submission by the form and the definitions that this process knows, which the statement that stores it
  /// proves current.
  private func submitOnce(_ sent: FormRequest) async throws -> FormReceipt {
    guard let form = try await forms.known(sent.form) else { throw FormClosure.unknown }
    let known = try await fields.read { (result: $0, version: nil) }
    var request = sent
    let writer: SubmissionWriter
    do {
      if let closure = form.values.closure(at: request.at) { throw closure }
      request = try protected(request, form)
      let check = FormCheck(form: form, known: known, lists: try await settings().lists)
      let checked = try self.check(request, check, try await profile(of: form, request.visit))
      writer = SubmissionWriter(
        form: form, known: known, request: request, checked: checked,
        address: try await visitors.storedAddress(of: request.visit), visitors: visitors,
        confirmations: confirmations)
    } catch  where error is FormClosure || error is FormRefusal {
      // Perhaps only by definitions that have changed since this process has read them.
      guard try await forms.isCurrent(form, known) else { throw Outdated() }
      if error is FormRefusal, let receipt = try await repeated(request, form) { return receipt }
      throw error
    }
    do {
      return try await shared.store(writer)
    } catch is RepeatedSubmission {
      if let receipt = try await repeated(request, form) { return receipt }
      // It was deleted or changed, or the definitions of fields were; what is outdated is read again.
      _ = try await forms.isCurrent(form, known)
      throw Outdated()
    } catch let error as NoticeError {
      let field = form.fields.first { $0.type == .email }
      throw FormRefusal([FormProblem(field?.alias ?? "", "No mail can be sent there: \(error).")])
    } catch let error as InvalidInput {
      guard try await forms.isCurrent(form, known) else { throw Outdated() }
      throw FormRefusal(
        error.problems.map { problem in
          let field = form.fields.first { $0.mapping?.field == problem.member }
          return FormProblem(field?.alias ?? problem.member, problem.message)
        })
    }
  }

  /// The receipt of the same submission, if it was stored before.
  private func repeated(_ request: FormRequest, _ form: Form) async throws -> FormReceipt? {
    try await SubmissionStore.stored(request.token, of: form.id, in: forms.pool).map { stored in
      FormReceipt(
        form: form, submission: stored.id, contact: stored.contact, results: stored.results,
        isRepeat: true)
    }
  }

  /// Returns what is known of the visitor behind a browser: a field that is known may not be asked for.
  package func profile(of form: Form, _ visit: FormVisit) async throws -> FormProfile {
    guard form.isProfiling, !form.values.settings.isKiosk,
      let visitor = try await visitors.contact(of: visit),
      let contact = try await contacts.contact(visitor)
    else { return .unknown }
    let answers = try await SubmissionStore.answers(
      of: contact.id, to: form.id, in: forms.pool)
    return FormProfile(contact: contact, submissions: answers.count, answers: answers.aliases)
  }

  /// Checks what was filled in, and that the visitor agreed to what the form asks for.
  private func check(
    _ request: FormRequest, _ check: FormCheck, _ profile: FormProfile
  ) throws(FormRefusal) -> CheckedValues {
    var problems: [FormProblem] = []
    var checked = CheckedValues()
    do throws(FormRefusal) {
      checked = try check.check(
        request.values, uploads: request.uploads, skipping: profile.hidden(in: check.form))
    } catch {
      problems = error.problems
    }
    if check.form.values.settings.consent != nil, !request.agrees {
      problems.append(
        FormProblem(
          SubmissionMember.consent.rawValue, "Please agree first."))
    }
    guard problems.isEmpty else { throw FormRefusal(problems) }
    return checked
  }

  /// Takes the solution of a challenge for the token of the submission.
  ///
  /// - Throws: ``FormRefusal`` without a solution where one is needed.
  private func protected(
    _ request: FormRequest, _ form: Form
  ) throws(FormRefusal) -> FormRequest {
    guard form.values.settings.hasChallenge else { return request }
    guard let token = challenges.token(request.solution, for: form.id, now: request.at) else {
      throw FormRefusal([
        FormProblem(
          SubmissionMember.challenge.rawValue,
          "The check of your browser is missing or too old; please try again.")
      ])
    }
    var request = request
    request.token = token
    return request
  }

  /// Leaves out what cannot be stored: a token and an address that are too long or no text.
  private func bounded(_ request: FormRequest) -> FormRequest {
    var request = request
    if let token = request.token,
      token.isEmpty || token.utf8.count > FormLimits.token || token.contains("\0")
    {
      request.token = nil
    }
    if let page = request.page {
      request.page = String(page.replacing("\0", with: "").prefix(FormLimits.address))
    }
    return request
  }
}
