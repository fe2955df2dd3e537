"""The pipelines: who gets a token, which role it is for, who approves, and that nothing is swapped.

Read as GitHub and GitLab read them, since neither runs here.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tools.paths import ENVS, ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
# Long-lived keys, by what they are called.
KEYS = r"(?i)aws[_-]?(?:access[_-]?key|secret)|\bA[KS]IA[0-9A-Z]{16}\b"
DEPLOYED = ["dev", "prod"]


def github(name: str) -> dict[str, Any]:
    """Return a workflow; YAML reads its key ``on`` as a boolean."""
    loaded: dict[Any, Any] = yaml.safe_load((WORKFLOWS / name).read_text())
    return {"on" if key is True else str(key): value for key, value in loaded.items()}


def gitlab() -> dict[str, Any]:
    """Return GitLab's pipeline, with what each job extends."""
    text = (ROOT / ".gitlab-ci.yml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(text)
    return {
        name: extended(loaded, name) if isinstance(job, dict) else job
        for name, job in loaded.items()
    }


def extended(jobs: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a job as GitLab merges it: maps by their keys, and of all else the last."""
    job: dict[str, Any] = jobs[name]
    if "extends" not in job:
        return job
    return merged(extended(jobs, job["extends"]), job)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: merged(base[key], value)
        if isinstance(value, dict) and isinstance(base.get(key), dict)
        else value
        for key, value in over.items()
    }
    return base | both


DEPLOY = github("deploy.yml")
ENVIRONMENT = github("deploy-environment.yml")
AUDIT = github("audit.yml")
GITHUB_JOBS = {
    f"{name}/{job}": body
    for name, workflow in (
        ("audit", AUDIT),
        ("deploy", DEPLOY),
        ("environment", ENVIRONMENT),
    )
    for job, body in workflow["jobs"].items()
}
GITLAB = gitlab()
GITLAB_JOBS = {
    name: job
    for name, job in GITLAB.items()
    if isinstance(job, dict) and "script" in job and not name.startswith(".")
}


def actions(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    """Return the settings of each use of an action in a job."""
    steps = job.get("steps", [])
    return [step.get("with", {}) for step in steps if step.get("uses", "").startswith(f"{action}@")]


def script(job: dict[str, Any]) -> str:
    """Return all that a job runs."""
    lines = job.get("before_script", []) + job.get("script", [])
    return "\n".join([*lines, *(step.get("run", "") for step in job.get("steps", []))])


def position(job: dict[str, Any], part: str) -> int:
    """Return which step of a GitHub job it is that has `part` in it."""
    return next(i for i, step in enumerate(job["steps"]) if part in str(step))


def test_no_pipeline_has_a_key_that_lasts() -> None:
    for path in [*WORKFLOWS.iterdir(), ROOT / ".gitlab-ci.yml"]:
        assert not re.search(KEYS, path.read_text()), path.name


class TestGitHub:
    def test_every_action_is_pinned_by_its_commit_and_tells_its_version(self) -> None:
        for path in WORKFLOWS.iterdir():
            for used in re.findall(r"uses: (\S+@.*)", path.read_text()):
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used

    def test_a_token_is_for_the_jobs_alone_that_take_a_role(self) -> None:
        for workflow in (AUDIT, DEPLOY, ENVIRONMENT):
            assert workflow["permissions"] == {"contents": "read"}
        takers = {
            name
            for name, job in GITHUB_JOBS.items()
            if job.get("permissions", {}).get("id-token") == "write"
        }
        calling = {f"deploy/{name}" for name in DEPLOYED}
        assert takers == {"environment/plan", "environment/apply"} | calling
        for name, job in GITHUB_JOBS.items():
            takes = bool(actions(job, "aws-actions/configure-aws-credentials"))
            assert takes == (name in takers - calling), name

    @pytest.mark.parametrize("kind", ["plan", "apply"])
    def test_a_job_takes_its_own_role_with_the_session_policy(self, kind: str) -> None:
        job = ENVIRONMENT["jobs"][kind]
        (taken,) = actions(job, "aws-actions/configure-aws-credentials")
        assert taken["role-to-assume"] == f"${{{{ vars.AWS_{kind.upper()}_ROLE }}}}"
        assert taken["inline-session-policy"] == "${{ vars.AWS_SESSION_POLICY }}"

    def test_a_plan_is_of_the_environment_without_approval_and_an_apply_of_the_one_with(
        self,
    ) -> None:
        jobs = ENVIRONMENT["jobs"]
        assert jobs["plan"]["environment"] == "${{ inputs.environment }}-plan"
        assert jobs["apply"]["environment"] == "${{ inputs.environment }}"
        assert jobs["apply"]["needs"] == "plan"

    def test_zips_are_packaged_once_and_promoted_by_their_hash(self) -> None:
        packaging = [name for name, job in GITHUB_JOBS.items() if "make package" in script(job)]
        assert packaging == ["deploy/package"]
        for name in DEPLOYED:
            call = DEPLOY["jobs"][name]
            assert call["with"]["environment"] == name
            assert call["with"]["packages"] == "${{ needs.package.outputs.packages }}"
        assert DEPLOY["jobs"]["prod"]["needs"] == ["audit", "package", "dev"]

    def test_locks_are_audited_weekly_and_before_prod(self) -> None:
        assert script(AUDIT["jobs"]["audit"]).split("\n")[-1] == "make audit"
        assert DEPLOY["jobs"]["audit"] == {"uses": "./.github/workflows/audit.yml"}
        (weekly,) = AUDIT["on"]["schedule"]
        assert re.fullmatch(r"\d+ \d+ \* \* 1", weekly["cron"])

    @pytest.mark.parametrize("kind", ["plan", "apply"])
    def test_a_job_verifies_the_zips_by_that_hash(self, kind: str) -> None:
        job = ENVIRONMENT["jobs"][kind]
        assert actions(job, "actions/download-artifact")[0] == {"name": "packages", "path": "dist/"}
        (step,) = [s for s in job["steps"] if s.get("run", "").startswith(f"make {kind} ")]
        assert step["run"] == f'make {kind} ENV="$ENVIRONMENT" PACKAGES="$PACKAGES"'
        assert step["env"]["PACKAGES"] == "${{ inputs.packages }}"

    def test_the_plan_that_is_applied_is_the_one_that_was_made(self) -> None:
        plan, apply = ENVIRONMENT["jobs"]["plan"], ENVIRONMENT["jobs"]["apply"]
        assert plan["outputs"]["plan"] == "${{ steps.seal.outputs.plan }}"
        opening = apply["steps"][position(apply, "sha256sum --check")]
        assert opening["env"]["PLAN"] == "${{ needs.plan.outputs.plan }}"
        assert position(apply, "sha256sum --check") < position(apply, "make apply")

    def test_the_plan_is_an_artifact_only_encrypted_and_for_a_day(self) -> None:
        (kept,) = actions(ENVIRONMENT["jobs"]["plan"], "actions/upload-artifact")
        assert (kept["path"], kept["retention-days"]) == ("plan.sealed", 1)
        assert "openssl enc -aes-256-cbc" in script(ENVIRONMENT["jobs"]["plan"])

    def test_no_value_of_somebody_else_is_pasted_into_a_script(self) -> None:
        for name, job in GITHUB_JOBS.items():
            assert "${{" not in script(job), name

    def test_nothing_runs_until_it_is_switched_on(self) -> None:
        assert DEPLOY["jobs"]["package"]["if"] == "vars.DEPLOY == 'true'"
        assert set(DEPLOY["on"]) == {"push", "workflow_dispatch"}
        assert AUDIT["jobs"]["audit"]["if"] == "vars.DEPLOY == 'true'"
        assert set(AUDIT["on"]) == {"schedule", "workflow_call"}
        assert set(ENVIRONMENT["on"]) == {"workflow_call"}


class TestGitLab:
    def test_a_schedule_asks_for_vulnerabilities_and_deploys_nothing(self) -> None:
        pushed = [{"if": '$CI_PIPELINE_SOURCE != "schedule"'}]
        rules = {name: job.get("rules") for name, job in GITLAB_JOBS.items()}
        assert rules == {name: None if name == "audit" else pushed for name in GITLAB_JOBS}

    def test_the_jobs_are_audit_and_package_and_plan_and_apply_of_each_environment(self) -> None:
        deploying = {f"{kind} {name}" for kind in ("plan", "apply") for name in DEPLOYED}
        assert set(GITLAB_JOBS) == {"audit", "package"} | deploying
        assert {path.name for path in ENVS.iterdir()} >= set(DEPLOYED)

    def test_a_token_is_for_the_jobs_alone_that_take_a_role(self) -> None:
        takers = {name for name, job in GITLAB_JOBS.items() if "id_tokens" in job}
        assert takers == set(GITLAB_JOBS) - {"audit", "package"}

    @pytest.mark.parametrize("name", DEPLOYED)
    @pytest.mark.parametrize("kind", ["plan", "apply"])
    def test_a_job_takes_its_own_role(self, kind: str, name: str) -> None:
        job = GITLAB_JOBS[f"{kind} {name}"]
        assert re.findall(r"AWS_ROLE_ARN=\S+", script(job)) == [
            f'AWS_ROLE_ARN="$AWS_{kind.upper()}_ROLE"'
        ]
        assert job["variables"]["TARGET"] == name
        assert job["environment"]["name"] == (f"{name}-plan" if kind == "plan" else name)

    @pytest.mark.parametrize("name", DEPLOYED)
    def test_an_apply_waits_for_somebody_who_starts_it(self, name: str) -> None:
        job = GITLAB_JOBS[f"apply {name}"]
        assert (job["when"], job["allow_failure"]) == ("manual", False)
        assert job["needs"] == ["package", f"plan {name}"]
        assert "when" not in GITLAB_JOBS[f"plan {name}"]

    def test_zips_are_packaged_once_and_promoted_by_their_hash(self) -> None:
        packaging = [name for name, job in GITLAB_JOBS.items() if "make package" in script(job)]
        assert packaging == ["package"]
        assert GITLAB_JOBS["plan prod"]["needs"] == ["audit", "package", "apply dev"]
        for name in set(GITLAB_JOBS) - {"audit", "package"}:
            kind = name.split()[0]
            commands = script(GITLAB_JOBS[name]).splitlines()
            assert f'make {kind} ENV="$TARGET" PACKAGES="$PACKAGES"' in commands

    def test_locks_are_audited_before_prod(self) -> None:
        assert GITLAB_JOBS["audit"]["script"] == ["make audit"]
        assert "allow_failure" not in GITLAB_JOBS["audit"]

    @pytest.mark.parametrize("name", DEPLOYED)
    def test_the_plan_that_is_applied_is_the_one_that_was_made(self, name: str) -> None:
        plan, apply = GITLAB_JOBS[f"plan {name}"], script(GITLAB_JOBS[f"apply {name}"])
        assert plan["artifacts"]["reports"] == {"dotenv": "plan.env"}
        assert 0 < apply.index('echo "$PLAN  plan.tar" | sha256sum --check') < apply.index("tar -x")
        assert apply.index("tar -x") < apply.index("make apply")

    @pytest.mark.parametrize("name", DEPLOYED)
    def test_no_user_may_fetch_the_plan_and_it_is_there_for_a_day(self, name: str) -> None:
        artifacts = GITLAB_JOBS[f"plan {name}"]["artifacts"]
        assert (artifacts["access"], artifacts["expire_in"]) == ("none", "1 day")

    def test_nothing_runs_until_it_is_switched_on(self) -> None:
        (rule,) = GITLAB["workflow"]["rules"]
        assert rule["if"].startswith('$DEPLOY == "true" && $CI_COMMIT_BRANCH')
