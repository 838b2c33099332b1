"""Settings come from the environment; `.env.example` documents every variable.

PIO_ENV is development (default), test or production. Production refuses to start with a default
secret, with DEBUG, or with the demo accounts: `refusing`. Each topic has a module of its own.
"""

from pio_portal.settings.base import *
from pio_portal.settings.database import *
from pio_portal.settings.files import *
from pio_portal.settings.mail import *
from pio_portal.settings.operation import *
from pio_portal.settings.programme import *
from pio_portal.settings.refusing import refuse_unsafe_production
from pio_portal.settings.security import *
from pio_portal.settings.sign_in import *
from pio_portal.settings.workers import *

refuse_unsafe_production()
