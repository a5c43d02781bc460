"""The installed wheel, used from a folder that owns a package called ``common``."""

import asyncio
import sys
from importlib.resources import files

import common
import lms_async
import manabac_async
import schoology_async
from schoology_async import Schoology, UserCreate, Window


async def main() -> None:
    async with Schoology("key", "secret", limiter=Window(13, per=5)) as schoology:
        user = UserCreate(
            school_uid="S1", name_first="Ada", name_last="Okafor", role_id=1, username="ada"
        )
        assert "sealed" not in repr(schoology)
        assert "Ada" not in repr(user)


assert common.OWNER == "the application"
for package in (lms_async, manabac_async, schoology_async):
    assert files(package).joinpath("py.typed").is_file(), package
    assert "site-packages" in str(package.__file__), package.__file__
assert files(lms_async).joinpath("limits/shared/window.lua").is_file()
for name in ("page.html", "page.css", "elements.js", "totals.js", "record_list.js", "page.js"):
    assert files(lms_async).joinpath("roster/page", name).is_file(), name
for extra in ("typer", "rich", "dotenv", "redis"):
    assert extra not in sys.modules, extra
asyncio.run(main())
print(f"smoke: lms-async {lms_async.__version__} from the wheel")
