import os

from django.core.wsgi import get_wsgi_application

from common.data_stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pio_portal.settings")
application = with_room(get_wsgi_application())
